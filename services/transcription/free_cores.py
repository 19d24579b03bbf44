"""As many threads as cores that others leave free.

Threads of a model wait for each other thousands of times a second. At a low priority one of them that shares its core
with somebody else hardly ever runs, and holds up all the others: what takes 2 s on two cores took more than 20 s when
one of them was busy. With one thread less it takes 6 s.
"""

import time
from collections.abc import Callable

_LOOK_SECONDS = 0.5
_ENOUGH = 0.85
"""Of the time that all threads could have had. While they wait for each other they spin, so undisturbed it is 1."""
_FIRST_PAUSE_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 60.0


class FreeCores:
    """`begin` before some work, `step` often while it goes on, both from the thread that does it."""

    def __init__(
        self,
        most: int,
        set_threads: Callable[[int], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        """`worked`: seconds of processor time of all threads of this process."""
        self.threads = most
        self._most = most
        self._set_threads = set_threads
        self._clock = clock
        self._worked = worked
        self._pause = _FIRST_PAUSE_SECONDS
        self._more_at = 0.0
        set_threads(most)
        self.begin()

    def begin(self) -> None:
        self._since, self._worked_before = self._clock(), self._worked()

    def step(self) -> None:
        seconds = self._clock() - self._since
        if seconds < _LOOK_SECONDS or self._most == 1:
            return
        self._judge((self._worked() - self._worked_before) / seconds)
        self.begin()

    def _judge(self, cores: float) -> None:
        """`cores`: how many we had."""
        if self.threads > 1 and cores < _ENOUGH * self.threads:
            self._change(max(1, min(self.threads - 1, round(cores - 0.25))))
            self._more_at = self._clock() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        elif self.threads < self._most:
            if self._clock() >= self._more_at:
                self._change(self._most)
        else:
            self._pause = _FIRST_PAUSE_SECONDS

    def _change(self, threads: int) -> None:
        self.threads = threads
        self._set_threads(threads)
