"""Which known recording is heard in a piece of sound, and where in it: correlation of their sound prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tests.emulators.openai.sound_print import FRAMES_PER_SECOND, Floats, SoundPrint

ALIKE = 0.6
"""Correlation from which two sounds are taken for the same."""
SHORTEST_FRAMES = 6
PAUSE_FRAMES = 8
"""A third of a second of quiet separates phrases."""


class Reference:
    """A known recording's print, and what every search in it needs."""

    def __init__(self, known: SoundPrint) -> None:
        # Above the floor: beyond its ends, where zeros are, it is silent.
        self._values = known.bands - known.bands.min()
        start = np.zeros((1, known.bands.shape[1]))
        self._sums = np.concatenate([start, np.cumsum(self._values, axis=0, dtype=np.float64)])
        self._squares = np.concatenate([start, np.cumsum(self._values.astype(np.float64) ** 2, axis=0)])
        self._spectra: dict[int, NDArray[np.complex64]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def slide(self, piece: Floats) -> tuple[int, float]:
        """Where `piece` fits best, also across the ends, and how well (normalised correlation)."""
        length = len(piece)
        wanted = piece - piece.mean(axis=0)
        size = 1 << (len(self) + 2 * length - 1).bit_length()
        spectrum = (self._spectrum(size) * np.conj(np.fft.rfft(wanted, size, axis=0))).sum(axis=1)
        around = np.fft.irfft(spectrum, size)
        together = np.concatenate([around[-length:], around[: len(self) + 1]])  # offsets from -length to the end
        spread = self._spread(length) * float((wanted**2).sum())
        likeness = together / np.sqrt(np.maximum(spread, 1e-3))
        at = int(likeness.argmax())
        return at - length, float(likeness[at])

    def _spectrum(self, size: int) -> NDArray[np.complex64]:
        if size not in self._spectra:
            self._spectra[size] = np.fft.rfft(self._values, size, axis=0).astype(np.complex64)
        return self._spectra[size]

    def _spread(self, length: int) -> NDArray[np.float64]:
        """Sum over the bands of the squared distances from the mean, for each window of `length` frames."""
        offsets = np.arange(-length, len(self) + 1)
        first, last = np.clip(offsets, 0, len(self)), np.clip(offsets + length, 0, len(self))
        total = self._sums[last] - self._sums[first]
        spread = (self._squares[last] - self._squares[first]) - total**2 / length
        return np.asarray(np.maximum(spread, 0).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Place:
    """Frames `start`–`end` of the piece are those from `offset` on of the reference."""

    reference: int
    """Its number among those searched."""
    offset: int
    start: int
    end: int
    likeness: float


def find(piece: SoundPrint, references: Sequence[Reference], start: int = 0) -> list[Place]:
    """What the piece is made of, in order: the recording that fits best, and what is found before and after it; else
    each of its phrases that is known; nothing for a stranger. Frames are counted from `start`."""
    best = _best(piece, start, references)
    if best is None:
        found = (_best(piece.part(*phrase), start + phrase[0], references) for phrase in _phrases(piece))
        return [place for place in found if place is not None]
    length = len(references[best.reference])
    begin, end = max(0, -best.offset), min(len(piece.bands), length - best.offset)
    known = replace(best, offset=best.offset + begin, start=start + begin, end=start + end)
    before, after = piece.part(0, begin), piece.part(end, len(piece.bands))
    return [*_in_rest(before, references, start), known, *_in_rest(after, references, start + end)]


def _in_rest(rest: SoundPrint, references: Sequence[Reference], start: int) -> list[Place]:
    return find(rest, references, start) if int(rest.loud.sum()) >= SHORTEST_FRAMES else []


def _best(piece: SoundPrint, start: int, references: Sequence[Reference]) -> Place | None:
    frames = len(piece.bands)
    if frames < SHORTEST_FRAMES or piece.is_silent:
        return None
    best: Place | None = None
    for number, reference in enumerate(references):
        offset, likeness = reference.slide(piece.bands)
        if likeness >= ALIKE and (best is None or likeness > best.likeness):
            best = Place(number, offset, start, start + frames, likeness)
    return best


def _phrases(piece: SoundPrint) -> Iterator[tuple[int, int]]:
    """Stretches of sound between pauses, in frames."""
    loud = np.flatnonzero(piece.loud)
    if not len(loud):
        return
    breaks = np.flatnonzero(np.diff(loud) > PAUSE_FRAMES)
    starts = [int(loud[0]), *(int(loud[at + 1]) for at in breaks)]
    ends = [*(int(loud[at]) + 1 for at in breaks), int(loud[-1]) + 1]
    yield from zip(starts, ends, strict=True)


def seconds(frames: int) -> float:
    return frames / FRAMES_PER_SECOND
