"""The outbox's rows as the delivery service wants them.

Each message costs two small writes, and a commit that survives a power cut costs a disk its milliseconds: so writes
that come while another commits share the next transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from services.domain.delivery import Delivery, DeliveryState, Released
from services.domain.errors import StoreUnavailable
from services.store.ports import Deliveries, Store

LINGER_SECONDS = 0.05
"""How long an outcome waits for company. A kill in this time makes a message uncertain that has arrived."""


class _Write:
    def __init__(self, write: Callable[[Deliveries], Awaitable[bool]]) -> None:
        self.write = write
        self.done = asyncio.Event()
        self.answer = False
        self.error: StoreUnavailable | None = None


class StoreOutbox:
    """Implements `services.delivery.ports.Outbox`."""

    def __init__(self, store: Store, *, linger: float = LINGER_SECONDS) -> None:
        self._store = store
        self._linger = linger
        self._waiting: list[_Write] = []
        self._turn = asyncio.Lock()

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        async with self._store.transaction() as tx:
            return await tx.deliveries.claim_due(now, limit)

    async def leave(self, delivery_id: int, attempt: int, now: datetime) -> bool:
        return await self._write(lambda rows: rows.leave(delivery_id, attempt, now))

    async def settle(
        self,
        delivery_id: int,
        attempt: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
        sent_message_id: int | None = None,
    ) -> bool:
        return await self._write(
            lambda rows: rows.settle(
                delivery_id,
                attempt,
                state,
                error_code=error_code,
                not_before=not_before,
                sent_message_id=sent_message_id,
            ),
            linger=self._linger,
        )

    async def beat(self, claims: Sequence[tuple[int, int]], now: datetime) -> int:
        async with self._store.transaction() as tx:
            return await tx.deliveries.beat(claims, now)

    async def release_stuck(self, before: datetime) -> Released:
        async with self._store.transaction() as tx:
            return await tx.deliveries.release_stuck(before)

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> int:
        async with self._store.transaction() as tx:
            return await tx.deliveries.move_chat(old_chat_id, new_chat_id)

    async def _write(self, write: Callable[[Deliveries], Awaitable[bool]], *, linger: float = 0.0) -> bool:
        mine = _Write(write)
        self._waiting.append(mine)
        try:
            if linger:
                await _wait(mine.done, linger)
            if not mine.done.is_set():
                async with self._turn:
                    if not mine.done.is_set():
                        await self._commit()
        finally:
            if mine in self._waiting:  # its caller was cancelled: nobody is there to hear that it was written
                self._waiting.remove(mine)
        if mine.error is not None:
            raise mine.error
        return mine.answer

    async def _commit(self) -> None:
        """All that waits, in one transaction. One that is cancelled here leaves the others' writes to them."""
        batch, self._waiting = self._waiting, []
        try:
            async with self._store.transaction() as tx:
                for one in batch:
                    one.answer = await one.write(tx.deliveries)
        except StoreUnavailable as error:
            for one in batch:
                one.error = error
        except BaseException:
            self._waiting = [*batch, *self._waiting]
            raise
        for one in batch:
            one.done.set()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
