"""Checkpoints of openai-whisper, made once for all tests of a process."""

from pathlib import Path

import pytest

SAID = "Пять слоганов для чая на вечер"


@pytest.fixture(scope="session")
def speaking_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Says SAID, in Russian, whatever it hears."""
    pytest.importorskip("whisper")
    from tests.fakes.whisper_checkpoint import build_speaking_whisper

    return build_speaking_whisper(tmp_path_factory.mktemp("whisper") / "speaking.pt", SAID)


@pytest.fixture(scope="session")
def endless_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never comes to an end by itself."""
    pytest.importorskip("whisper")
    from tests.fakes.whisper_checkpoint import build_random_whisper

    return build_random_whisper(tmp_path_factory.mktemp("whisper") / "random.pt")
