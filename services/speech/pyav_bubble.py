"""VoiceEncoder with PyAV: whatever a voice sends becomes the sound of a voice message.

Format: https://core.telegram.org/bots/api#sendvoice.
"""

import asyncio
import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from services.domain.errors import AudioUnreadable
from services.speech.ports import VoiceBubble

if TYPE_CHECKING:
    from av import AudioFrame

RATE = 48_000
BITS_PER_SECOND = 32_000
"""Opus at this rate cannot be told from the original for one voice (https://wiki.xiph.org/Opus_Recommended_Settings)."""
LONGEST_SECONDS = 600
"""Of an answer; no text that fits into one request takes that long."""
_PAGE_POSITION, _PRE_SKIP = 6, 10
"""Offsets in an Ogg page (RFC 3533 §6) and in the Opus header (RFC 7845 §5.1)."""


class PyAVBubble:
    async def encode(self, audio: bytes) -> VoiceBubble:
        """In a thread: PyAV lets go of the interpreter while it works. About 10 MB while it lasts."""
        return await asyncio.to_thread(_encode, audio)

    def again(self, audio: bytes) -> VoiceBubble:
        return VoiceBubble(audio, duration_ms(audio))


def duration_ms(audio: bytes) -> int:
    """Of Ogg Opus, from the position of its last page. Raises AudioUnreadable."""
    head, last = audio.find(b"OpusHead", 0, 512), audio.rfind(b"OggS")
    if head < 0 or last < 0 or len(audio) < last + _PAGE_POSITION + 8:
        raise AudioUnreadable("not Ogg Opus")
    skipped: int = struct.unpack_from("<H", audio, head + _PRE_SKIP)[0]
    position: int = struct.unpack_from("<q", audio, last + _PAGE_POSITION)[0]
    return max(0, round((position - skipped) * 1000 / RATE))


def _encode(audio: bytes) -> VoiceBubble:
    import av

    written = io.BytesIO()
    try:
        with av.open(io.BytesIO(audio)) as source, av.open(written, "w", format="ogg") as target:
            voice = target.add_stream("libopus", rate=RATE, options={"application": "voip"})
            voice.layout = "mono"
            voice.bit_rate = BITS_PER_SECOND
            for frame in _resampled(source):
                target.mux(voice.encode(frame))
            target.mux(voice.encode(None))
    except av.error.FFmpegError as error:
        raise AudioUnreadable(f"the voice's sound: {type(error).__name__}") from error
    sound = written.getvalue()
    if not sound:
        raise AudioUnreadable("the voice sent no sound")
    return VoiceBubble(sound, duration_ms(sound))


def _resampled(source: Any) -> "Iterator[AudioFrame]":
    """Mono at 48 kHz. Raises AudioUnreadable."""
    from av import AudioResampler

    if not source.streams.audio:
        raise AudioUnreadable("the voice sent a file without sound")
    resampler, taken = AudioResampler("s16", "mono", RATE), 0
    for frame in source.decode(source.streams.audio[0]):
        for part in resampler.resample(frame):
            taken += part.samples
            yield part
        if taken > LONGEST_SECONDS * RATE:
            raise AudioUnreadable("the voice does not come to an end")
    yield from resampler.resample(None)
