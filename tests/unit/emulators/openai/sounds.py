"""Sounds for tests: made here, or samples changed as a product changes them."""

import io
import math
import struct
import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SAMPLES = Path(__file__).parents[3] / "data" / "audio"
RATE = 16_000

Floats = NDArray[np.float32]


def tone(seconds: float, hertz: float = 440.0, loudness: float = 0.3) -> bytes:
    """A WAV file that swells and fades three times a second."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        for at in range(round(seconds * RATE)):
            swell = 0.5 + 0.5 * math.sin(2 * math.pi * 3 * at / RATE)
            value = loudness * swell * math.sin(2 * math.pi * hertz * at / RATE)
            sound.writeframesraw(struct.pack("<h", round(32_767 * value)))
    return written.getvalue()


def samples_of(recording: bytes) -> Floats:
    """At 16 kHz, mono."""
    parts: list[Floats] = []
    with av.open(io.BytesIO(recording), "r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in [*container.decode(audio=0), None]:
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return np.concatenate(parts)


def encoded(samples: Floats, codec: str = "libopus", form: str = "ogg", bit_rate: int = 24_000) -> bytes:
    """As the product writes pieces, unless told otherwise."""
    written = io.BytesIO()
    with av.open(written, "w", format=form) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        stream.bit_rate = bit_rate
        sound = np.clip(samples * 32_767, -32_768, 32_767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=RATE, frame_size=320)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return written.getvalue()


def pause(seconds: float) -> Floats:
    return np.zeros(round(seconds * RATE), np.float32)
