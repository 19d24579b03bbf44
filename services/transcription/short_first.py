"""One at a time, little work first: a person waits for a note, nobody for a piece of a meeting."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

_MUCH = 250_000
"""Bytes: about a minute of speech in Opus as messengers send it."""


class ShortFirst:
    """Lives on one event loop. Within the same class of size, first come, first served."""

    def __init__(self) -> None:
        self._is_taken = False
        self._numbers = count()
        self._line: list[tuple[bool, int, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        return sum(not future.done() for _, _, future in self._line)

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        """`size` in bytes."""
        await self._take(size)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, size: int) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (size > _MUCH, next(self._numbers), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the turn came at the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._line:
            _, _, next_one = heapq.heappop(self._line)
            if not next_one.done():
                next_one.set_result(None)
                return
        self._is_taken = False
