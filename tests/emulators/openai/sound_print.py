"""How a recording sounds, small enough to be compared: the energy of a few bands, 25 times a second.

Survives what happens to sound on its way: another codec, another rate, another loudness, a cut at any place.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

RATE = 8_000
HOP = 320
FRAMES_PER_SECOND = RATE / HOP
WINDOW = 640
BANDS = 12
LOWEST_HZ, HIGHEST_HZ = 120.0, 3_600.0
FLOOR = 1e-4
"""Power of a band below which there is nothing to compare: about -60 dB of full scale."""
QUIET_RMS = 0.004
"""-48 dB: nobody speaks so softly into a telephone."""
_BLOCK_FRAMES = 750

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundPrint:
    bands: Floats
    """Frames × BANDS, logarithms."""
    loud: NDArray[np.bool_]
    """Of each frame: somebody could be speaking."""
    seconds: float

    @property
    def is_silent(self) -> bool:
        return not bool(self.loud.any())

    def part(self, start: int, end: int) -> "SoundPrint":
        return SoundPrint(self.bands[start:end], self.loud[start:end], (end - start) / FRAMES_PER_SECOND)


def sound_print(recording: bytes) -> SoundPrint:
    """Blocking. Raises av.FFmpegError for what cannot be decoded."""
    bands: list[Floats] = []
    loud: list[NDArray[np.bool_]] = []
    samples = waiting = 0
    chunks: list[Floats] = []
    for chunk in _decoded(recording):
        samples += len(chunk)
        waiting += len(chunk)
        chunks.append(chunk)
        if waiting >= _BLOCK_FRAMES * HOP + WINDOW:
            chunks = [_take(np.concatenate(chunks), bands, loud)]
            waiting = len(chunks[0])
    _take(np.concatenate([*chunks, np.zeros(WINDOW, np.float32)]), bands, loud)
    frames = max(1, round(samples / HOP))
    return SoundPrint(np.concatenate(bands)[:frames], np.concatenate(loud)[:frames], samples / RATE)


def _take(samples: Floats, bands: list[Floats], loud: list[NDArray[np.bool_]]) -> Floats:
    """Measure all whole frames; what is left over begins the next block."""
    count = (len(samples) - WINDOW) // HOP + 1
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP][:count]
    power = np.abs(np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32), axis=1)) ** 2 / WINDOW
    bands.append(np.log10(np.maximum(power @ _filters(), FLOOR)).astype(np.float32))
    loud.append(np.sqrt(np.mean(windows**2, axis=1)) > QUIET_RMS)
    return samples[count * HOP :]


def _filters() -> Floats:
    """Which frequencies belong to which band; bands are as wide as ears hear them (mel scale)."""
    mels = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 1)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE)
    inside = (frequencies[:, None] >= edges[:-1]) & (frequencies[:, None] < edges[1:])
    return inside.astype(np.float32)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _decoded(recording: bytes) -> Iterator[Floats]:
    with av.open(io.BytesIO(recording), "r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                yield part.to_ndarray()[0]
        for part in resampler.resample(None):
            yield part.to_ndarray()[0]
