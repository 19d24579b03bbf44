"""Which known recording is heard in a piece of sound, and where in it: correlation of their sound prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.emulators.openai.sound_print import FRAMES_PER_SECOND, Floats, SoundPrint

ALIKE = 0.6
"""Correlation from which two sounds are taken for the same."""
SHORTEST_FRAMES = 6
PAUSE_FRAMES = 8
"""A third of a second of quiet separates phrases."""


@dataclass(frozen=True, slots=True)
class Place:
    """Frames `start`–`end` of the piece are those from `offset` on of the reference."""

    reference: int
    """Its number among those searched."""
    offset: int
    start: int
    end: int
    likeness: float


def find(piece: SoundPrint, references: Sequence[SoundPrint]) -> list[Place]:
    """One place for the whole piece; else one for each of its phrases that is known; none for a stranger."""
    whole = _best(piece, 0, references)
    if whole is not None:
        return [whole]
    found = (_best(piece.part(start, end), start, references) for start, end in _phrases(piece))
    return [place for place in found if place is not None]


def _best(piece: SoundPrint, start: int, references: Sequence[SoundPrint]) -> Place | None:
    frames = len(piece.bands)
    if frames < SHORTEST_FRAMES or piece.is_silent:
        return None
    best: Place | None = None
    for number, reference in enumerate(references):
        offset, likeness = _slide(piece.bands, reference.bands)
        if likeness >= ALIKE and (best is None or likeness > best.likeness):
            best = Place(number, offset, start, start + frames, likeness)
    return best


def _slide(piece: Floats, reference: Floats) -> tuple[int, float]:
    """Where `piece` fits best into `reference`, also across its ends, and how well (normalised correlation)."""
    length = len(piece)
    floor = reference.min()
    margin = np.full((length, reference.shape[1]), floor, np.float32)
    padded = np.concatenate([margin, reference, margin])
    wanted = piece - piece.mean(axis=0)
    size = 1 << int(np.ceil(np.log2(len(padded) + length)))
    spectrum = np.fft.rfft(padded, size, axis=0) * np.conj(np.fft.rfft(wanted, size, axis=0))
    together = np.fft.irfft(spectrum.sum(axis=1), size)[: len(padded) - length + 1]
    spread = _moving_spread(padded, length) * float((wanted**2).sum())
    likeness = together / np.sqrt(np.maximum(spread, 1e-3))
    at = int(likeness.argmax())
    return at - length, float(likeness[at])


def _moving_spread(values: Floats, length: int) -> Floats:
    """Sum over the bands of the squared distances from the mean, for each window of `length` frames."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    squares = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values.astype(np.float64) ** 2, axis=0)])
    total = sums[length:] - sums[:-length]
    spread = (squares[length:] - squares[:-length]) - total**2 / length
    return np.asarray(np.maximum(spread, 0).sum(axis=1), np.float32)


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
