"""Bytes become what Whisper listens to, within bounds."""

from pathlib import Path

import numpy as np
import pytest

from services.domain.errors import AudioTooLong, AudioUnreadable
from services.transcription.pyav_waveform import RATE, waveform

AUDIO = Path(__file__).parents[3] / "data" / "audio"


def nothing() -> None:
    """Nobody cancels."""


@pytest.mark.parametrize(("name", "seconds"), [("idea-ru.ogg", 5.35), ("jfk.flac", 11.0), ("music.ogg", 5.0)])
def test_sound_is_sixteen_kilohertz_mono(name: str, seconds: float) -> None:
    sound = waveform((AUDIO / name).read_bytes(), 60, nothing)
    assert (sound.dtype, sound.ndim) == (np.float32, 1)
    assert len(sound) / RATE == pytest.approx(seconds, abs=0.3)
    assert 0.05 < np.abs(sound).max() <= 1.0


def test_it_sounds_like_what_whisper_itself_would_decode() -> None:
    """jfk.flac is 16 kHz or more of clean speech: its loudness over time must survive."""
    sound = waveform((AUDIO / "jfk.flac").read_bytes(), 60, nothing)
    seconds = sound[: len(sound) // RATE * RATE].reshape(-1, RATE)
    loud = np.sqrt((seconds**2).mean(axis=1))
    assert loud.max() > 3 * loud.min() > 0


@pytest.mark.parametrize("audio", [b"", b"nonsense" * 100, b"OggS" + b"\0" * 500], ids=["empty", "text", "ogg"])
def test_what_is_no_sound_is_refused(audio: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        waveform(audio, 60, nothing)


def test_what_is_cut_off_gives_what_is_there() -> None:
    audio = (AUDIO / "idea-ru.ogg").read_bytes()
    whole, half = waveform(audio, 60, nothing), waveform(audio[: len(audio) // 2], 60, nothing)
    assert 0.3 < len(half) / len(whole) < 0.7


def test_the_length_is_counted_and_not_believed() -> None:
    with pytest.raises(AudioTooLong):
        waveform((AUDIO / "jfk.flac").read_bytes(), 5, nothing)


def test_decoding_can_be_given_up() -> None:
    class Enough(Exception):
        pass

    def give_up() -> None:
        raise Enough

    with pytest.raises(Enough):
        waveform((AUDIO / "jfk.flac").read_bytes(), 60, give_up)


def test_a_playlist_opens_no_file_of_ours() -> None:
    sample = Path(__file__).parents[3] / "data" / "audio" / "idea-ru.ogg"
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{sample}\n#EXT-X-ENDLIST\n"
    with pytest.raises(AudioUnreadable):
        waveform(playlist.encode(), 60, lambda: None)
