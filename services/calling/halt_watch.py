"""The kill switch, as calls under way feel it: what a project asked of a model ends when the project is halted."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from services.domain.errors import GenerationHalted

Result = TypeVar("Result")
EVERYTHING = 0
"""In place of a project's id."""


@dataclass(slots=True, eq=False)
class _UnderWay:
    project_id: int | None
    scope: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    is_halted: bool = False


class HaltWatch:
    """What this process knows of the kill switch. New calls are refused by the ledger; this is about the others."""

    def __init__(self) -> None:
        self._halted: frozenset[int] = frozenset()
        self._under_way: set[_UnderWay] = set()

    def learn(self, halted: frozenset[int]) -> int:
        """Projects as they are halted now. Returns how many calls end because of it."""
        self._halted = halted
        ending = [one for one in self._under_way if not one.is_halted and self._covers(one.project_id)]
        for one in ending:
            self._end(one)
        return len(ending)

    async def during(self, project_id: int | None, work: Awaitable[Result]) -> Result:
        """`work`, cancelled when the project is halted meanwhile. Raises GenerationHalted then."""
        one = _UnderWay(project_id)
        self._under_way.add(one)
        try:
            async with one.scope:
                if self._covers(project_id):
                    self._end(one)
                return await work
        except TimeoutError:
            if one.is_halted:
                raise GenerationHalted(f"halted during a call of project {project_id}") from None
            raise
        finally:
            self._under_way.discard(one)

    async def each(self, project_id: int | None, parts: AsyncGenerator[Result, None]) -> AsyncGenerator[Result, None]:
        """`parts`, until the project is halted. Only the waiting is cancelled, never what is done with a part. Close
        `parts` yourself. Raises GenerationHalted."""
        while True:
            if self._covers(project_id):
                raise GenerationHalted(f"halted during a stream of project {project_id}")
            try:
                part = await self.during(project_id, anext(parts))
            except StopAsyncIteration:
                return
            yield part

    def _covers(self, project_id: int | None) -> bool:
        return EVERYTHING in self._halted or project_id in self._halted

    def _end(self, one: _UnderWay) -> None:
        one.is_halted = True
        one.scope.reschedule(asyncio.get_running_loop().time())
