"""A process that dies once at every place where it writes or asks: before, and after."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from services.batching.ports import BatchProvider
from services.store.ports import Store, Transaction

OFTEN = 3
"""A place kills at so many passes, once each: what is done again after a restart must come to its end."""


class Killed(BaseException):
    """As by a signal: nothing of the code sees it coming."""


class Deaths:
    """Each place kills the first time it is passed, and lets the next one through. The third pass of a place is
    another place: the third line's transaction is not the first line's."""

    def __init__(self, may_die: Callable[[str], bool] = lambda place: True) -> None:
        self._may_die = may_die
        self._passed: Counter[str] = Counter()
        self.died_at: list[str] = []

    def at(self, place: str) -> None:
        """Raises Killed."""
        here = f"{place} #{self._passed[place]}"
        if self._passed[place] < OFTEN and here not in self.died_at and self._may_die(here):
            self.died_at.append(here)
            raise Killed(here)
        self._passed[place] += 1


class DyingStore:
    """A store whose writer dies before its commit, or right after it."""

    def __init__(self, store: Store, deaths: Deaths) -> None:
        self._store = store
        self._deaths = deaths

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        place = _caller()
        async with self._store.transaction() as tx:
            yield tx
            self._deaths.at(f"{place} before the commit")
        self._deaths.at(f"{place} after the commit")

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        return self._store.reading()

    async def ping(self) -> None:
        await self._store.ping()


class DyingProvider:
    """A provider whose caller dies before the request leaves, or before it hears the answer."""

    def __init__(self, provider: BatchProvider, deaths: Deaths) -> None:
        self._provider = provider
        self._deaths = deaths

    @property
    def provider(self) -> str:
        return self._provider.provider

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        ask = getattr(self._provider, name)

        async def asked(*arguments: Any) -> Any:
            self._deaths.at(f"before {name}")
            answer = await ask(*arguments)
            self._deaths.at(f"after {name}")
            return answer

        return asked


def _caller() -> str:
    """The use case that opens the transaction."""
    frame = sys._getframe(1)
    while frame.f_back is not None and not _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return f"{frame.f_code.co_qualname}:{frame.f_lineno}"


def _is_ours(file: str) -> bool:
    return "/services/assistant/batches/" in file and "/tests/" not in file
