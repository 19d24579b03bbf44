"""Recordings as Telegram's own apps would send them: the page gives what a browser records or a person has on disk."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np

from services.domain.errors import AudioUnreadable
from services.speech.pyav_bubble import PyAVBubble

NOTE_PIXELS, NOTE_FRAMES, NOTE_RATE = 240, 12, 48_000
"""Of a video note: width and height, frames a second, samples a second."""
BACK, RING = np.array((30, 24, 58)), np.array((143, 128, 255))


async def as_voice(recording: bytes) -> bytes:
    """Ogg Opus; what is that already stays as it is. Raises AudioUnreadable."""
    if recording[:4] == b"OggS" and b"OpusHead" in recording[:512]:
        return recording
    return (await PyAVBubble().encode(recording)).audio


def as_video_note(recording: bytes) -> bytes:
    """MP4 with a ring that moves with the voice, for sound without a picture. Blocking. Raises AudioUnreadable."""
    written = io.BytesIO()
    try:
        loudness = _loudness(recording)
        with av.open(io.BytesIO(recording), "r") as source, av.open(written, "w", format="mp4") as target:
            picture: Any = target.add_stream("libx264", rate=NOTE_FRAMES, options={"preset": "ultrafast", "crf": "32"})
            picture.width = picture.height = NOTE_PIXELS
            picture.pix_fmt = "yuv420p"
            sound: Any = target.add_stream("aac", rate=NOTE_RATE)
            sound.layout = "mono"
            for at, level in enumerate(loudness):
                image = av.VideoFrame.from_ndarray(_ring(level), format="rgb24")
                image.pts, image.time_base = at, Fraction(1, NOTE_FRAMES)
                target.mux(picture.encode(image))
            target.mux(picture.encode(None))
            resampler = av.AudioResampler("fltp", "mono", NOTE_RATE)
            for frame in source.decode(audio=0):
                for part in resampler.resample(frame):
                    target.mux(sound.encode(part))
            target.mux(sound.encode(None))
    except (av.FFmpegError, IndexError) as error:
        raise AudioUnreadable(type(error).__name__) from error
    return written.getvalue()


def seconds_of(recording: bytes) -> int:
    """Whole seconds, at least 1; 1 for what cannot be read."""
    try:
        return max(1, round(len(_loudness(recording)) / NOTE_FRAMES))
    except (av.FFmpegError, IndexError):
        return 1


def has_picture(recording: bytes) -> bool:
    try:
        with av.open(io.BytesIO(recording), "r") as source:
            return bool(source.streams.video)
    except av.FFmpegError:
        return False


def _loudness(recording: bytes) -> list[float]:
    """From 0 to 1, one a picture."""
    with av.open(io.BytesIO(recording), "r") as source:
        resampler = av.AudioResampler("s16", "mono", 8_000)
        parts = [
            part.to_ndarray().reshape(-1) for frame in source.decode(audio=0) for part in resampler.resample(frame)
        ]
    samples = np.concatenate(parts).astype(np.float64) if parts else np.zeros(1)
    count = max(1, round(len(samples) * NOTE_FRAMES / 8_000))
    levels = [float(np.sqrt(np.mean(chunk**2))) if len(chunk) else 0.0 for chunk in np.array_split(samples, count)]
    loudest = max(levels) or 1.0
    return [level / loudest for level in levels]


def _ring(level: float) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    across = np.arange(NOTE_PIXELS) - NOTE_PIXELS / 2
    distance = np.hypot(across[:, None], across[None, :])
    glow = np.exp(-(((distance - 40 - 45 * level) / 14) ** 2))[..., None]
    picture: np.ndarray[Any, np.dtype[np.uint8]] = (BACK * (1 - glow) + RING * glow).astype(np.uint8)
    return picture
