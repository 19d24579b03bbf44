"""Where a recording is cut: at silences, from nothing but how likely each moment is speech."""

from collections.abc import Iterator
from dataclasses import dataclass

CHUNK_MS = 32
"""A moment: 512 samples at 16 kHz, as much as the detector looks at."""
STARTS, GOES_ON = 0.5, 0.35
"""Likelihoods at which speech begins and below which it is over: the detector's authors' own."""
JOINED = 320 // CHUNK_MS
"""A pause inside a phrase."""
SHORTEST = 192 // CHUNK_MS
"""What is shorter is a click or a string that was plucked; the shortest "yes" takes longer."""
MARGIN = 320 // CHUNK_MS
"""Kept around speech: first and last consonants are quiet."""
LONG_SILENCE = 10_000 // CHUNK_MS
"""Ends a piece and belongs to none."""
EARLIEST, WISHED, LONGEST = 60_000 // CHUNK_MS, 120_000 // CHUNK_MS, 180_000 // CHUNK_MS
"""Lengths of a piece. Models are asked for no more than a few minutes at once, and context helps them."""
GOOD_PAUSE = 1_920 // CHUNK_MS
"""A longer one is no better a place."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Moments [start, end)."""

    start: int
    end: int
    speech: int
    """Moments in which somebody speaks."""


@dataclass(slots=True)
class _Span:
    start: int
    end: int
    is_rest: bool = False
    """The end of a word that was cut through: however short, no click."""


class Cutter:
    """Takes moments one by one and holds no more than one piece of them."""

    def __init__(self) -> None:
        self._now = 0
        self._floor = 0
        self._speaking = False
        self._spans: list[_Span] = []
        self._loudness: list[float] = []
        self._loudness_from = 0

    @property
    def needed_from(self) -> int:
        """Moments before this one are in no piece to come."""
        begin = self._spans[0].start if self._spans else self._now
        return max(self._floor, begin - MARGIN)

    def feed(self, likelihood: float, loudness: float) -> Iterator[Cut]:
        """One moment. `loudness`: any measure that grows with it; people are cut off where it is least."""
        self._remember(likelihood, loudness)
        if not self._spans:
            return
        if self._now - self._spans[-1].end >= LONG_SILENCE:
            yield from self._cut_off(self._spans[-1].end + MARGIN)
        elif self._now - self.needed_from >= LONGEST:
            yield from self._cut_off(self._best_place())

    def finish(self) -> Iterator[Cut]:
        self._drop_click()
        if self._spans:
            yield from self._cut_off(min(self._spans[-1].end + MARGIN, self._now))

    def _remember(self, likelihood: float, loudness: float) -> None:
        moment = self._now
        self._now += 1
        self._loudness.append(loudness)
        self._speaking = likelihood >= (GOES_ON if self._speaking else STARTS)
        if self._speaking:
            if self._spans and moment - self._spans[-1].end <= JOINED:
                self._spans[-1].end = moment + 1
            else:
                self._spans.append(_Span(moment, moment + 1))
        elif self._spans and moment - self._spans[-1].end > JOINED:
            self._drop_click()
        if (forgotten := self.needed_from - self._loudness_from) > LONGEST:
            del self._loudness[:forgotten]
            self._loudness_from += forgotten

    def _drop_click(self) -> None:
        last = self._spans[-1] if self._spans else None
        if last is not None and last.end - last.start < SHORTEST and not last.is_rest:
            self._spans.pop()

    def _best_place(self) -> int:
        begin = self.needed_from
        pauses = [(before.end, after.start) for before, after in zip(self._spans, self._spans[1:], strict=False)]
        pauses.append((self._spans[-1].end, self._now))
        places = [
            (min(end - start, GOOD_PAUSE) - max(0, (start + end) // 2 - begin - WISHED) // 60, (start + end) // 2)
            for start, end in pauses
            if end > start and (start + end) // 2 - begin >= EARLIEST
        ]
        return max(places)[1] if places else self._quietest(begin + (EARLIEST + WISHED) // 2)

    def _quietest(self, begin: int) -> int:
        """Nobody takes a breath for minutes: the least bad place."""
        heard = self._loudness[begin - self._loudness_from :]
        around = [sum(heard[max(0, at - 1) : at + 2]) for at in range(len(heard) - 1)]
        return begin + around.index(min(around))

    def _cut_off(self, place: int) -> Iterator[Cut]:
        begin = self.needed_from
        before = [_Span(span.start, min(span.end, place)) for span in self._spans if span.start < place]
        self._spans = [
            _Span(max(span.start, place), span.end, is_rest=span.is_rest or span.start < place)
            for span in self._spans
            if span.end > place
        ]
        self._floor = min(before[-1].end + MARGIN, place)
        yield Cut(begin, self._floor, sum(span.end - span.start for span in before))
