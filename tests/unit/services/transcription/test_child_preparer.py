"""Whatever becomes of the child, its parent lives and can tell what happened."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from services.domain.errors import AudioUnreadable, FilesUnavailable, MuzaError
from services.transcription import child_preparer
from services.transcription.child_preparer import ChildAudioPreparer
from services.transcription.ports import Decoding, Prepared, PreparedPiece
from tests.fakes.sound_files import SAMPLES

HOUR = 3_600_000


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_preparer, "CHILD", "tests.fakes.dying_decoder")


async def last_words(how: str, into: Path) -> list[object]:
    """What it said, and the error at the end."""
    said: list[object] = []

    async def listen() -> None:
        async for one in ChildAudioPreparer().prepare(into / how, into, longest_ms=HOUR):
            said.append(one)

    with pytest.raises(MuzaError) as died:
        await listen()
    return [*said, died.value]


def is_alive(into: Path) -> bool:
    return psutil.pid_exists(int((into / "pid").read_text()))


@pytest.mark.usefixtures("dying")
@pytest.mark.parametrize(
    ("how", "detail"), [("crash", "signal 11"), ("endless", "signal"), ("mumble", "middle of a word")]
)
async def test_a_child_that_a_file_has_killed(how: str, detail: str, tmp_path: Path) -> None:
    *_, error = await last_words(how, tmp_path)
    assert isinstance(error, AudioUnreadable)
    assert detail in str(error)
    assert not is_alive(tmp_path)


@pytest.mark.usefixtures("dying")
async def test_what_was_said_before_the_end_is_heard(tmp_path: Path) -> None:
    assert (await last_words("crash", tmp_path))[0] == Decoding(5_000)


@pytest.mark.usefixtures("dying")
async def test_no_more_memory_than_is_given(tmp_path: Path) -> None:
    (error,) = await last_words("greedy", tmp_path)
    assert isinstance(error, AudioUnreadable)
    assert "memory" in str(error)


@pytest.mark.usefixtures("dying")
async def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with aclosing(ChildAudioPreparer().prepare(tmp_path / "hang", tmp_path, longest_ms=HOUR)) as said:
        assert await anext(said) == Decoding(5_000)
        monkeypatch.setattr(child_preparer, "SILENT_SECONDS", 0.3)
        with pytest.raises(AudioUnreadable):
            await anext(said)
    assert not is_alive(tmp_path)


@pytest.mark.usefixtures("dying")
@pytest.mark.parametrize(("how", "detail"), [("bug", "our own mistake"), ("silent", "ended with 0")])
async def test_our_own_mistake_is_not_blamed_on_the_file(how: str, detail: str, tmp_path: Path) -> None:
    *_, error = await last_words(how, tmp_path)
    assert isinstance(error, MuzaError)
    assert not isinstance(error, AudioUnreadable)
    assert detail in str(error)


@pytest.mark.usefixtures("dying")
async def test_closing_ends_the_child(tmp_path: Path) -> None:
    async with aclosing(ChildAudioPreparer().prepare(tmp_path / "hang", tmp_path, longest_ms=HOUR)) as said:
        assert await anext(said) == Decoding(5_000)
        assert is_alive(tmp_path)
    assert not is_alive(tmp_path)


@pytest.mark.usefixtures("dying")
async def test_cancelling_ends_the_child(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def listen() -> None:
        async with aclosing(ChildAudioPreparer().prepare(tmp_path / "hang", tmp_path, longest_ms=HOUR)) as said:
            async for _ in said:
                begun.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        await begun.wait()
        task.cancel()
    assert not is_alive(tmp_path)


@pytest.mark.usefixtures("dying")
async def test_the_child_gets_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "1:secret")
    await last_words("silent", tmp_path)
    names = {pair.partition("=")[0] for pair in (tmp_path / "environment").read_text().split("\0") if pair}
    assert names == set(child_preparer.ENVIRONMENT)


async def test_nothing_is_reported_to_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries that report keep a cache of what they have to tell at home."""
    home, into = tmp_path / "home", tmp_path / "pieces"
    home.mkdir()
    into.mkdir()
    monkeypatch.setattr(child_preparer, "ENVIRONMENT", child_preparer.ENVIRONMENT | {"HOME": str(home)})
    said = [one async for one in ChildAudioPreparer().prepare(SAMPLES / "ask-en.ogg", into, longest_ms=HOUR)]
    assert isinstance(said[-1], Prepared)
    assert list(home.iterdir()) == []


async def test_a_place_that_cannot_be_written_to_is_tried_again_later(tmp_path: Path) -> None:
    with pytest.raises(FilesUnavailable) as failed:
        [one async for one in ChildAudioPreparer().prepare(SAMPLES / "idea-ru.ogg", tmp_path / "gone", longest_ms=HOUR)]
    assert failed.value.retryable


async def test_recordings_are_prepared_side_by_side(tmp_path: Path) -> None:
    async def prepared(name: str) -> list[Decoding | PreparedPiece | Prepared]:
        into = tmp_path / name
        into.mkdir()
        return [one async for one in ChildAudioPreparer().prepare(SAMPLES / name, into, longest_ms=HOUR)]

    first, second = await asyncio.gather(prepared("ask-en.ogg"), prepared("music.ogg"))
    assert isinstance(first[0], PreparedPiece)
    assert second[-1] == Prepared(5_000, 0)


async def test_a_path_is_never_taken_for_an_option_or_an_address(tmp_path: Path) -> None:
    strange = tmp_path / "concat:a|b -i 'x'.ogg"
    strange.write_bytes((SAMPLES / "ask-en.ogg").read_bytes())
    assert (await ChildAudioPreparer().probe(strange)).codec == "opus"
