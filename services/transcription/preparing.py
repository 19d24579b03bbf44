"""Decode, listen for speech, cut, write: one recording from end to end, in as much memory as one piece needs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.domain.errors import AudioTooLong, AudioUnreadable
from services.transcription.cutting import CHUNK_MS, Cut, Cutter
from services.transcription.ports import AudioFacts, Decoding, Prepared, PreparedPiece
from services.transcription.pyav_piece import write_piece
from services.transcription.pyav_sound import RATE, Sound
from services.transcription.silero_voice import BLOCK, CHUNK, SileroVoice

TOLD_EVERY_MS = 5_000
LEAST_MS = 1_000
"""Of a damaged file: less is not worth an answer."""
SHORTFALL_MS = 1_000
"""By so much less than its header says a file is cut off."""


def facts_of(source: Path) -> AudioFacts:
    """Raises AudioUnreadable, AudioUnsupported."""
    return Sound(source).facts


def prepare_sound(source: Path, into: Path, *, longest_ms: int) -> Iterator[Decoding | PreparedPiece | Prepared]:
    """See AudioPreparer.prepare. Blocking; raises OSError when a piece cannot be written."""
    sound = Sound(source)
    pieces = _Pieces(into)
    told_ms = 0
    for block in _blocks(sound):
        yield from pieces.take(block)
        if pieces.done_ms > longest_ms:
            raise AudioTooLong(f"longer than {longest_ms} ms", hours=max(1, round(longest_ms / 3_600_000)))
        if pieces.done_ms - told_ms >= TOLD_EVERY_MS:
            told_ms = pieces.done_ms
            yield Decoding(told_ms)
    _refuse_remains(sound, pieces.done_ms)
    yield from pieces.finish()
    yield Prepared(pieces.done_ms, pieces.speech_ms)


def _refuse_remains(sound: Sound, done_ms: int) -> None:
    told_ms = sound.facts.duration_ms
    is_cut_off = sound.is_damaged or (told_ms is not None and told_ms - done_ms > SHORTFALL_MS)
    if done_ms == 0 or (done_ms < LEAST_MS and is_cut_off):
        raise AudioUnreadable(f"{done_ms} ms could be decoded")


def _blocks(sound: Sound) -> Iterator[NDArray[np.int16]]:
    """Of BLOCK samples; the last one shorter."""
    waiting: list[NDArray[np.int16]] = []
    count = 0
    for samples in sound.samples():
        waiting.append(samples)
        count += len(samples)
        if count >= BLOCK:
            joined = np.concatenate(waiting)
            whole = count // BLOCK * BLOCK
            yield from joined[:whole].reshape(-1, BLOCK)
            waiting, count = [joined[whole:]], count - whole
    if count:
        yield np.concatenate(waiting)


class _Pieces:
    def __init__(self, into: Path) -> None:
        self._into = into
        self._voice = SileroVoice()
        self._cutter = Cutter()
        self._kept = bytearray()
        self._kept_from = 0
        self._samples = 0
        self._speech = 0
        self._number = 0

    @property
    def done_ms(self) -> int:
        return self._samples * 1000 // RATE

    @property
    def speech_ms(self) -> int:
        return self._speech * CHUNK_MS

    def take(self, block: NDArray[np.int16]) -> Iterator[PreparedPiece]:
        self._samples += len(block)
        padded = np.pad(block, (0, -len(block) % CHUNK))
        self._kept += padded.tobytes()
        for likelihood, loudness in zip(*self._voice.likelihoods(padded), strict=True):
            for cut in self._cutter.feed(float(likelihood), float(loudness)):
                yield self._write(cut)
        needless = self._cutter.needed_from - self._kept_from
        del self._kept[: needless * CHUNK * 2]
        self._kept_from += needless

    def finish(self) -> Iterator[PreparedPiece]:
        for cut in self._cutter.finish():
            yield self._write(cut)

    def _write(self, cut: Cut) -> PreparedPiece:
        start, end = ((moment - self._kept_from) * CHUNK * 2 for moment in (cut.start, cut.end))
        path = self._into / f"{self._number}.ogg"
        write_piece(np.frombuffer(bytes(self._kept[start:end]), np.int16), path)
        self._speech += cut.speech
        self._number += 1
        return PreparedPiece(self._number - 1, cut.start * CHUNK_MS, min(cut.end * CHUNK_MS, self.done_ms), path)
