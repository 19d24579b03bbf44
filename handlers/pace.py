"""How often a growing text is drawn: as often as a person can follow, and as Telegram takes it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

SLOWEST = 8.0
"""Seconds between previews under the greatest pressure."""
ALMOST = 0.02
"""Seconds added to what the limiter asks for: a timer may go off a little early."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """`interval`: seconds from preview to preview at first. `slower`: (age in seconds, factor): who has read for so
    long scrolls back, and nobody reads the whole text anew at every change."""

    interval: float
    slower: tuple[tuple[float, float], ...] = ((20.0, 1.5), (60.0, 2.5))


EDITS = Tempo(1.22)
"""The limiter lets a preview into a private chat 1.2 s after the call before, so that a final never waits long."""
GROUP_EDITS = Tempo(3.05, ((60.0, 1.5),))
"""Telegram allows 20 messages a minute in a group, to be shared with everything else that is said there."""
DRAFTS = Tempo(0.37, ((30.0, 1.5), (90.0, 3.0)))
"""Telegram's clients redraw a native draft about three times a second."""


class Pace:
    """Slows down while previews are refused, and comes back step by step when they are taken again."""

    def __init__(self, tempo: Tempo, jitter: Callable[[float, float], float] = random.uniform) -> None:
        self._tempo = tempo
        self._jitter = jitter
        self._pressure = 1.0
        self._refusals = 0

    def after_shown(self, age: float) -> float:
        """Seconds from the beginning of this preview to the next; `age`: seconds since the first."""
        self._refusals = 0
        self._pressure = max(1.0, self._pressure / 1.25)
        return self._interval(age)

    def after_refused(self, age: float, asked: float) -> float:
        """`asked`: what the limiter, or Telegram, wants to be waited. Once is a matter of timing, more is pressure."""
        self._refusals += 1
        if self._refusals == 1 and 0 < asked <= self._interval(age):
            return asked + ALMOST
        self._pressure *= 1.5
        wait = self._interval(age)
        # Many chats that were refused at one moment must not come back at one moment.
        return max(asked + ALMOST, wait * self._jitter(0.85, 1.15))

    def _interval(self, age: float) -> float:
        factor = max((factor for since, factor in self._tempo.slower if age >= since), default=1.0)
        self._pressure = min(self._pressure, max(1.0, SLOWEST / (self._tempo.interval * factor)))
        return self._tempo.interval * factor * self._pressure
