from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings


@pytest.fixture
def make_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Settings of an empty machine: no `.env`, nothing from the environment of whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def make(**values: Any) -> Settings:
        return Settings(_env_file=None, **{"data_dir": tmp_path / "data", **values})

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    made = make_settings()
    made.run_dir.mkdir(parents=True)
    return made
