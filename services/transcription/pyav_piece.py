"""Ogg Opus of speech, as models take it."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
BITS_PER_SECOND = 24_000
"""Where Whisper's word error rate no longer depends on the codec; an hour is 11 MB."""
SECOND = RATE
LOUD = 0.7 * 32767
MOST_GAIN = 30.0
OPTIONS = {"application": "voip", "compression_level": "5", "frame_duration": "60"}


def write_piece(samples: NDArray[np.int16], path: Path) -> None:
    """16 kHz mono. Quiet ones are made louder, each as a whole. The file appears when it is complete.

    Raises OSError.
    """
    louder = _made_audible(samples)
    unfinished = path.with_suffix(".part")
    with av.open(str(unfinished), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options=OPTIONS)
        stream.bit_rate = BITS_PER_SECOND
        for start in range(0, len(louder), SECOND):
            frame = av.AudioFrame.from_ndarray(louder[None, start : start + SECOND], format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    unfinished.replace(path)


def _made_audible(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    peak = float(np.quantile(np.abs(samples.astype(np.int32)), 0.999))
    gain = min(LOUD / max(peak, 1.0), MOST_GAIN)
    if gain < 1.5:
        return samples
    louder: NDArray[np.int16] = np.clip(samples * gain, -32768, 32767).astype(np.int16)
    return louder
