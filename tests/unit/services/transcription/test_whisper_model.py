"""openai-whisper itself: its loading and decoding, on checkpoints that the tests make."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.domain.errors import ModelRefused
from services.transcription.pyav_waveform import waveform
from services.transcription.whisper_model import ModelUnreachable, WhisperModel
from services.transcription.whisper_names import NAMES, checkpoint_file, folder_with
from services.transcription.whisper_wire import Wanted
from tests.fixtures_whisper import SAID

pytestmark = pytest.mark.local_models
AUDIO = Path(__file__).parents[3] / "data" / "audio"


def nothing() -> None:
    """Nobody cancels."""


def loaded(checkpoint: Path, go_on: Callable[[], None] = nothing) -> WhisperModel:
    model = WhisperModel(str(checkpoint), [checkpoint.parent], go_on)
    model.load()
    return model


@pytest.fixture
def sound() -> Any:
    return waveform((AUDIO / "idea-ru.ogg").read_bytes(), 60, nothing)


def test_a_checkpoint_by_its_path_listens(speaking_checkpoint: Path, sound: Any) -> None:
    heard = loaded(speaking_checkpoint).transcribe(sound, Wanted())
    (segment,) = heard["segments"]
    assert (heard["text"], heard["language"], heard["language_name"]) == (SAID, "ru", "russian")
    assert (segment["text"].strip(), segment["start"], segment["end"], segment["temperature"]) == (SAID, 0.0, 2.0, 0.0)
    assert -0.1 < segment["avg_logprob"] <= 0.0
    assert segment["no_speech_prob"] < 0.1 < segment["compression_ratio"]


@pytest.mark.parametrize("language", ["en", "English"])
def test_a_language_may_be_told_by_code_or_name(speaking_checkpoint: Path, sound: Any, language: str) -> None:
    heard = loaded(speaking_checkpoint).transcribe(sound, Wanted(language))
    assert (heard["language"], heard["language_name"]) == ("en", "english")


@pytest.mark.parametrize("language", ["elvish", "xx", "yue"])
def test_a_language_that_the_model_does_not_know_is_refused(
    speaking_checkpoint: Path, sound: Any, language: str
) -> None:
    """Cantonese came with large-v3: this checkpoint has no token for it."""
    with pytest.raises(ModelRefused, match="unknown language"):
        loaded(speaking_checkpoint).transcribe(sound, Wanted(language))


@pytest.mark.parametrize("prompt", ["Муза, «Тихий час»", "слово " * 2000, "<|endoftext|> and <|notimestamps|>"])
def test_a_prompt_reaches_the_model_whatever_is_in_it(speaking_checkpoint: Path, sound: Any, prompt: str) -> None:
    """What this checkpoint says depends on the place alone, and a prompt moves the places."""
    model = loaded(speaking_checkpoint)
    assert model.transcribe(sound, Wanted(prompt=prompt))["text"] != SAID
    assert model.transcribe(sound, Wanted(prompt=" "))["text"] == SAID


def test_work_ends_between_two_steps_of_the_model(endless_checkpoint: Path, sound: Any) -> None:
    steps: list[None] = []

    class Enough(BaseException):
        pass

    def three_steps() -> None:
        steps.append(None)
        if len(steps) == 10:
            raise Enough

    model = loaded(endless_checkpoint, three_steps)
    with pytest.raises(Enough):
        model.transcribe(sound, Wanted("en"), (0.0,))
    assert len(steps) == 10


def test_a_known_name_is_taken_from_the_first_folder_that_has_it(
    speaking_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import whisper

    asked = []

    def load_model(name: str, download_root: str) -> Any:
        asked.append((name, download_root))
        return original(str(speaking_checkpoint))

    original = whisper.load_model
    monkeypatch.setattr(whisper, "load_model", load_model)
    cache, ours = tmp_path / "cache", tmp_path / "ours"
    WhisperModel("turbo", [cache, ours], nothing).load()
    cache.mkdir()
    (cache / "large-v3-turbo.pt").touch()
    WhisperModel("turbo", [cache, ours], nothing).load()
    assert asked == [("turbo", str(ours)), ("turbo", str(cache))]


def test_a_folder_that_must_not_be_read_is_passed_over(tmp_path: Path) -> None:
    class Locked(type(tmp_path)):  # type: ignore[misc]
        def is_file(self) -> bool:
            raise PermissionError

    (tmp_path / "base.pt").touch()
    assert folder_with("base", [Locked("/home/somebody"), tmp_path]) == tmp_path
    assert folder_with("tiny", [Locked("/home/somebody"), tmp_path]) is None
    assert folder_with("/models/own.pt", [tmp_path]) is None


def test_a_name_that_cannot_be_fetched_may_heal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import whisper

    monkeypatch.setitem(whisper._MODELS, "tiny", "http://127.0.0.1:1/0123456789abcdef/tiny.pt")
    with pytest.raises(ModelUnreachable, match="could not be fetched"):
        WhisperModel("tiny", [tmp_path], nothing).load()


def damaged(checkpoint: Path, folder: Path) -> list[Path]:
    import torch

    whole = checkpoint.read_bytes()
    contents = {
        "cut.pt": whole[: len(whole) // 2],
        "flipped.pt": whole[:100] + bytes(200) + whole[300:],
        "text.pt": b"not a checkpoint",
        "empty.pt": b"",
    }
    paths = []
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    torch.save({"weights": torch.zeros(3)}, folder / "other.pt")
    return [*paths, folder / "other.pt"]


def test_damaged_checkpoints_are_told_from_missing_ones(speaking_checkpoint: Path, tmp_path: Path) -> None:
    for path in damaged(speaking_checkpoint, tmp_path):
        with pytest.raises(ModelRefused, match="is no checkpoint of openai-whisper, or is damaged") as refused:
            loaded(path)
        assert not isinstance(refused.value, ModelUnreachable)
    for name in (str(tmp_path / "absent.pt"), "enormous"):
        with pytest.raises(ModelRefused, match="neither a file nor a name") as refused:
            WhisperModel(name, [tmp_path], nothing).load()
        assert not isinstance(refused.value, ModelUnreachable)


def test_names_and_files_are_those_of_openai_whisper() -> None:
    import whisper

    assert set(whisper.available_models()) == NAMES
    assert {name: checkpoint_file(name) for name in NAMES} == {
        name: url.rpartition("/")[2] for name, url in whisper._MODELS.items()
    }
    assert checkpoint_file("/models/own.pt") is None
