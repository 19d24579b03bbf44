"""Sound of any kind becomes a voice message."""

import io
from pathlib import Path

import av
import pytest

from services.domain.errors import AudioUnreadable
from services.speech.pyav_bubble import PyAVBubble, duration_ms
from tests.emulators.openai.humming import hum
from tests.emulators.openai.speech import encoded

AUDIO = Path(__file__).parents[3] / "data" / "audio"
HUMMED = hum("Полка, с которой ничего не надо брать. " * 3, "coral")


@pytest.mark.parametrize("form", ["wav", "mp3", "opus", "aac", "flac"])
async def test_whatever_a_voice_sends_becomes_opus_in_ogg(form: str) -> None:
    bubble = await PyAVBubble().encode(encoded(HUMMED, form))
    with av.open(io.BytesIO(bubble.audio), "r") as opened:
        stream = opened.streams.audio[0]
        seconds = sum(frame.samples for frame in opened.decode(stream)) / 48_000
        facts = (opened.format.name, stream.codec_context.name, stream.channels, stream.codec_context.sample_rate)
    assert facts == ("ogg", "opus", 1, 48_000)
    assert bubble.duration_ms / 1000 == pytest.approx(len(HUMMED) / 2 / 24_000, abs=0.12)
    assert seconds == pytest.approx(bubble.duration_ms / 1000, abs=0.05)
    assert len(bubble.audio) < 32_000 / 8 * seconds * 1.3


async def test_stereo_becomes_mono() -> None:
    bubble = await PyAVBubble().encode((AUDIO / "jfk.flac").read_bytes())
    assert bubble.duration_ms == pytest.approx(11_000, abs=50)


async def test_what_was_kept_is_the_same_bubble() -> None:
    bubble = await PyAVBubble().encode(encoded(HUMMED, "mp3"))
    assert PyAVBubble().again(bubble.audio) == bubble


@pytest.mark.parametrize("sound", [b"", b"<html>", b"OggS" * 40, bytes(5_000)])
async def test_what_is_no_sound_is_said_so(sound: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        await PyAVBubble().encode(sound)
    with pytest.raises(AudioUnreadable):
        duration_ms(sound)


async def test_a_voice_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.speech.pyav_bubble.LONGEST_SECONDS", 2)
    with pytest.raises(AudioUnreadable):
        await PyAVBubble().encode(encoded(HUMMED, "wav"))
