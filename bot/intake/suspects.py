"""Updates that were begun again and again without an end: handled alone, so that the one which kills the process takes
nobody along.

Everything that waits beside a poisonous update is begun as often as it is. Only what was under way by itself when its
process died, several times, is given up.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from loguru import logger

from services.domain.errors import StoreUnavailable
from services.store.ports import Store, StoredUpdate

MAX_READINGS = 6
"""What was claimed more often than this is suspected."""
MAX_TRIES_ALONE = 3


class Suspects:
    def __init__(self, store: Store, bot_id: int) -> None:
        self._store = store
        self._bot_id = bot_id
        self._among_others = 0
        self._changed = asyncio.Condition()
        self._waiting_alone = 0
        self._is_alone = False

    @asynccontextmanager
    async def turn(self, rows: Sequence[StoredUpdate]) -> AsyncIterator[bool]:
        """The block may handle `rows`: with others at the same time, or alone. False: they are given up."""
        if all(row.attempts <= MAX_READINGS for row in rows):
            async with self._with_others():
                yield True
            return
        async with self._without_others():
            is_hopeful = await self._count(rows)
            yield is_hopeful
            await self._forget(rows)

    @asynccontextmanager
    async def _with_others(self) -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_alone and not self._waiting_alone)
            self._among_others += 1
        try:
            yield
        finally:
            async with self._changed:
                self._among_others -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def _without_others(self) -> AsyncIterator[None]:
        async with self._changed:
            self._waiting_alone += 1
            try:
                await self._changed.wait_for(lambda: not self._is_alone and not self._among_others)
            finally:
                self._waiting_alone -= 1
                self._changed.notify_all()
            self._is_alone = True
        try:
            yield
        finally:
            async with self._changed:
                self._is_alone = False
                self._changed.notify_all()

    async def _count(self, rows: Sequence[StoredUpdate]) -> bool:
        """Written down before it is tried: the process may not live to tell."""
        try:
            async with self._store.transaction() as tx:
                known = await tx.notes.get(self._key(rows)) or {"tries": 0}
                if known["tries"] >= MAX_TRIES_ALONE:
                    logger.error("update {} ends its process each time: given up", rows[0].update_id)
                    return False
                await tx.notes.put(self._key(rows), {"tries": known["tries"] + 1})
        except StoreUnavailable:
            logger.warning("a try of update {} could not be noted", rows[0].update_id)
        logger.warning("update {} came to no end in {} starts: tried alone", rows[0].update_id, rows[0].attempts)
        return True

    async def _forget(self, rows: Sequence[StoredUpdate]) -> None:
        try:
            async with self._store.transaction() as tx:
                await tx.notes.delete(self._key(rows))
        except StoreUnavailable:
            logger.warning("the note about update {} stays", rows[0].update_id)

    def _key(self, rows: Sequence[StoredUpdate]) -> str:
        return f"inbox:alone:{self._bot_id}:{rows[0].update_id}"
