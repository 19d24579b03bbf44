"""One recording from end to end, in this process."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from services.domain.errors import AudioTooLong, AudioUnreadable
from services.transcription.cutting import CHUNK_MS, LONGEST
from services.transcription.ports import Decoding, Prepared, PreparedPiece
from services.transcription.preparing import facts_of, prepare_sound
from services.transcription.pyav_sound import Sound
from tests.fakes.sound_files import RATE, SAMPLES, SHAPES, Waves, encoded, waves_of

HOUR = 3_600_000


@pytest.fixture(scope="module")
def phrase() -> Waves:
    return waves_of("idea-ru.ogg")


def silence(seconds: float) -> Waves:
    return np.zeros(int(seconds * RATE), np.int16)


def written(waves: Waves, folder: Path, name: str = "ogg") -> Path:
    path = folder / f"made.{name}"
    path.write_bytes(encoded(waves, SHAPES[name]))
    return path


def prepared(source: Path, into: Path, longest_ms: int = HOUR) -> tuple[list[Decoding], list[PreparedPiece], Prepared]:
    *before, last = prepare_sound(source, into, longest_ms=longest_ms)
    assert isinstance(last, Prepared)
    told = [said for said in before if isinstance(said, Decoding)]
    return told, [said for said in before if isinstance(said, PreparedPiece)], last


def test_a_piece_is_what_was_said_where_it_was_said(phrase: Waves, tmp_path: Path) -> None:
    whole = np.concatenate([silence(15), phrase, silence(20), phrase, silence(5)])
    _, pieces, last = prepared(written(whole, tmp_path), tmp_path)
    assert last.duration_ms == pytest.approx(len(whole) * 1000 / RATE, abs=20)
    assert [piece.start_ms for piece in pieces] == pytest.approx([14_700, 14_700 + 5_352 + 20_000], abs=350)
    for piece in pieces:
        again = np.concatenate(list(Sound(piece.path).samples()))
        assert facts_of(piece.path).codec == "opus"
        assert len(again) * 1000 / RATE == pytest.approx(piece.end_ms - piece.start_ms, abs=5)
        said = whole[piece.start_ms * 16 : piece.start_ms * 16 + len(again)]
        assert np.corrcoef(said, again[: len(said)])[0, 1] > 0.8, "the very same sound, not a neighbour"


def test_a_long_talk_becomes_pieces_that_do_not_overlap(phrase: Waves, tmp_path: Path) -> None:
    talk = np.tile(np.concatenate([phrase, silence(0.6)]), 32)
    told, pieces, last = prepared(written(talk, tmp_path, "wav"), tmp_path)
    assert len(pieces) == 2
    assert all(piece.end_ms - piece.start_ms <= LONGEST * CHUNK_MS for piece in pieces)
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(pieces))
    assert last.speech_ms > 0.7 * last.duration_ms
    progress = [one.done_ms for one in told]
    assert progress == sorted(progress)
    assert len(progress) > 30
    rate = sum(piece.path.stat().st_size for piece in pieces) * 8 / sum(p.end_ms - p.start_ms for p in pieces)
    assert 10 < rate < 30, "kbit/s"
    assert {path.suffix for path in tmp_path.iterdir()} == {".ogg", ".wav"}, "nothing unfinished is left"


def test_a_quiet_voice_is_handed_on_louder(phrase: Waves, tmp_path: Path) -> None:
    quiet = (phrase / 200).astype(np.int16)
    _, (piece,), last = prepared(written(quiet, tmp_path, "flac"), tmp_path)
    assert last.speech_ms > 3_000
    assert np.abs(np.concatenate(list(Sound(piece.path).samples()))).max() > 10 * np.abs(quiet).max()


@pytest.mark.parametrize("name", ["music.ogg", "silence.ogg"])
def test_nobody_speaks(name: str, tmp_path: Path) -> None:
    _, pieces, last = prepared(SAMPLES / name, tmp_path)
    assert pieces == []
    assert last.speech_ms == 0
    assert last.duration_ms > 3_000


def test_a_whole_note_of_less_than_a_second_is_heard(tmp_path: Path) -> None:
    _, (piece,), last = prepared(SAMPLES / "approve-ru.ogg", tmp_path)
    assert last.duration_ms == 979
    assert piece.end_ms <= 979


def test_what_is_left_of_a_damaged_file(phrase: Waves, tmp_path: Path) -> None:
    path = written(phrase, tmp_path, "flac")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    _, _, last = prepared(path, tmp_path)
    assert 1_500 < last.duration_ms < 4_000
    path.write_bytes(whole[: len(whole) // 10])
    with pytest.raises(AudioUnreadable):
        prepared(path, tmp_path)


def test_a_header_lies_about_the_length(phrase: Waves, tmp_path: Path) -> None:
    path = written(phrase, tmp_path, "flac")
    lying = bytearray(path.read_bytes())
    lying[22:26] = (HOUR // 1000 * 44_100).to_bytes(4, "big")  # how many samples, by STREAMINFO
    path.write_bytes(lying)
    assert facts_of(path).duration_ms == HOUR
    assert prepared(path, tmp_path, longest_ms=60_000)[2].duration_ms == pytest.approx(5_352, abs=2)


def test_the_limit_is_of_what_is_decoded(tmp_path: Path) -> None:
    with pytest.raises(AudioTooLong) as refused:
        prepared(written(silence(40), tmp_path, "flac"), tmp_path, longest_ms=30_000)
    assert refused.value.facts == {"hours": 1}


def test_a_piece_that_cannot_be_written_is_not_the_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        prepared(SAMPLES / "idea-ru.ogg", tmp_path / "gone")
