"""tests → bot → handlers → services.assistant → capabilities → domain, as the contracts in pyproject.toml say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_arrows_point_one_way() -> None:
    ended = lint_imports(ROOT)
    assert ended.returncode == 0, ended.stdout
    assert "0 broken" in ended.stdout


def test_an_arrow_the_wrong_way_is_noticed(tmp_path: Path) -> None:
    """The contracts bite: a house in which a service imports the bot is refused."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = project[project.index("[tool.importlinter]") :]
    (tmp_path / "pyproject.toml").write_text(rooms, encoding="utf-8")
    packages = ("bot", "handlers", "tests", "services", "services/domain", "services/calling", "services/assistant")
    capabilities = (
        "llm",
        "prompts",
        "retrieval",
        "transcription",
        "speech",
        "charts",
        "files",
        "store",
        "delivery",
        "queue",
        "batching",
        "archive",
        "documents",
    )
    for room in (*packages, *(f"services/{name}" for name in capabilities)):
        (tmp_path / room).mkdir(parents=True)
        (tmp_path / room / "__init__.py").touch()
    assert lint_imports(tmp_path).returncode == 0
    (tmp_path / "services" / "store" / "__init__.py").write_text("import services.llm\n", encoding="utf-8")
    assert lint_imports(tmp_path).returncode == 1
    (tmp_path / "services" / "store" / "__init__.py").write_text("import bot\n", encoding="utf-8")
    assert lint_imports(tmp_path).returncode == 1
