"""`.env.example`, the compose file and the image speak of the settings there are."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
ENV_EXAMPLE = ROOT / ".env.example"
ASSIGNMENT = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
COMMENTED_OR_NOT = ASSIGNMENT.findall


def keys(text: str) -> list[str]:
    return [name for name, _ in COMMENTED_OR_NOT(text)]


def test_the_example_has_every_setting_once_and_nothing_else() -> None:
    names = keys(ENV_EXAMPLE.read_text(encoding="utf-8"))
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_s_values_are_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    uncommented = tmp_path / ".env"
    lines = [f"{name}={value}" for name, value in COMMENTED_OR_NOT(ENV_EXAMPLE.read_text(encoding="utf-8"))]
    uncommented.write_text("\n".join(lines), encoding="utf-8")
    assert Settings(_env_file=uncommented) == Settings(_env_file=None)


def test_the_example_holds_no_secret() -> None:
    values = dict(COMMENTED_OR_NOT(ENV_EXAMPLE.read_text(encoding="utf-8")))
    secret = [name for name, field in Settings.model_fields.items() if SecretStr in _kinds(field.annotation)]
    assert secret
    assert [name for name in secret if values[name.upper()]] == []


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", (annotation,))


def test_every_setting_is_explained() -> None:
    blocks = [block for block in ENV_EXAMPLE.read_text(encoding="utf-8").split("\n\n") if ASSIGNMENT.search(block)]
    unexplained = [block for block in blocks if not re.search(r"^# (?![A-Z_]+=)", block, re.MULTILINE)]
    assert unexplained == []


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_compose_file_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_the_compose_file_sets_only_settings_that_exist() -> None:
    services = compose()["services"]
    known = {name.upper() for name in Settings.model_fields}
    ours = [service for service in services.values() if service.get("image", "").startswith("muza")]
    assert len(ours) >= 3
    for service in ours:
        assert set(service["environment"]) <= known
        assert "healthcheck" in service


def test_every_service_of_the_compose_file_tells_its_health() -> None:
    without = [name for name, service in compose()["services"].items() if "healthcheck" not in service]
    assert without == []


def test_what_others_wait_for_exists() -> None:
    services = compose()["services"]
    waited = {name for service in services.values() for name in service.get("depends_on", {})}
    assert waited <= set(services)


def test_the_image_is_small_and_not_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?", text, re.MULTILINE)
    assert len(stages) >= 2
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER (?!root|0)", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "--require-hashes" in text
    for tool in ("build-essential", "gcc", "pip install"):
        assert tool not in last
    for path in re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", last, re.MULTILINE):
        for source in path.split():
            assert (ROOT / source).exists(), source
