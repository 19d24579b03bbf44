"""One suite for the decoding child and for the fake."""

from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.domain.errors import AudioTooLong, AudioUnreadable, AudioUnsupported
from services.transcription.child_preparer import ChildAudioPreparer
from services.transcription.ports import AudioPreparer, Decoding, Prepared, PreparedPiece
from tests.fakes.audio_preparer import Script, ScriptedPreparer
from tests.fakes.sound_files import SAMPLES

HOUR = 3_600_000
FAKE_SCRIPTS = {
    b"speech": Script(5_352, ((0, 5_280),)),
    b"silence": Script(4_000),
    b"words": Script(0, error=AudioUnsupported(format="TXT")),
}


@dataclass(frozen=True, slots=True)
class House:
    preparer: AudioPreparer
    speech: Path
    """Of 5,352 ms."""
    silence: Path
    damaged: Path
    words: Path
    into: Path


@pytest.fixture(params=["child", "fake"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    into, damaged, words = tmp_path / "pieces", tmp_path / "damaged.ogg", tmp_path / "words.txt"
    into.mkdir()
    damaged.write_bytes(b"OggS" + bytes(5_000))
    if request.param == "child":
        words.write_text("Nobody speaks here, one writes. " * 100)
        return House(ChildAudioPreparer(), SAMPLES / "idea-ru.ogg", SAMPLES / "silence.ogg", damaged, words, into)
    speech, silence = tmp_path / "speech.ogg", tmp_path / "silence.ogg"
    for path, content in ((speech, b"speech"), (silence, b"silence"), (words, b"words")):
        path.write_bytes(content)
    return House(ScriptedPreparer(FAKE_SCRIPTS), speech, silence, damaged, words, into)


async def everything(house: House, source: Path, longest_ms: int = HOUR) -> list[Decoding | PreparedPiece | Prepared]:
    return [said async for said in house.preparer.prepare(source, house.into, longest_ms=longest_ms)]


async def test_a_file_tells_what_it_is(house: House) -> None:
    facts = await house.preparer.probe(house.speech)
    assert (facts.codec, facts.container) == ("opus", "ogg")
    assert facts.duration_ms == pytest.approx(5_352, abs=50)


async def test_speech_becomes_pieces_and_the_last_word_is_prepared(house: House) -> None:
    *before, last = await everything(house, house.speech)
    pieces = [said for said in before if isinstance(said, PreparedPiece)]
    assert isinstance(last, Prepared)
    assert last.duration_ms == pytest.approx(5_352, abs=20)
    assert 3_500 < last.speech_ms <= last.duration_ms
    assert [piece.number for piece in pieces] == list(range(len(pieces)))
    assert len(pieces) == 1, "a short note"
    assert 0 <= pieces[0].start_ms < pieces[0].end_ms <= last.duration_ms
    assert pieces[0].path.parent == house.into
    assert pieces[0].path.stat().st_size > 0


async def test_silence_has_no_pieces(house: House) -> None:
    said = await everything(house, house.silence)
    assert said[-1] == Prepared(4_000, 0)
    assert not any(isinstance(one, PreparedPiece) for one in said)
    assert list(house.into.iterdir()) == []


async def test_a_damaged_file_is_unreadable(house: House) -> None:
    with pytest.raises(AudioUnreadable):
        await house.preparer.probe(house.damaged)
    with pytest.raises(AudioUnreadable):
        await everything(house, house.damaged)


async def test_what_is_no_sound_is_told_by_its_name(house: House) -> None:
    for attempt in (house.preparer.probe(house.words), everything(house, house.words)):
        with pytest.raises(AudioUnsupported) as refused:
            await attempt
        assert refused.value.facts == {"format": "TXT"}


async def test_longer_than_allowed(house: House) -> None:
    with pytest.raises(AudioTooLong) as refused:
        await everything(house, house.speech, longest_ms=2_000)
    assert refused.value.facts == {"hours": 1}


async def test_it_can_be_closed_at_any_moment_and_begun_again(house: House) -> None:
    async with aclosing(house.preparer.prepare(house.speech, house.into, longest_ms=HOUR)) as said:
        await anext(said)
    again = await everything(house, house.speech)
    assert isinstance(again[-1], Prepared)
