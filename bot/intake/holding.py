"""Which rows of the inbox this process holds, and for how long it may be sure of that."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from loguru import logger

from bot.ownership import is_gone
from services.store.ports import Store, StoredUpdate, Transaction

LEASE = timedelta(seconds=30)
"""A process that is gone without a trace (another machine) holds up its chats this long; one of this machine is noticed
at once."""
RENEW_SECONDS = 10.0


class Holding:
    def __init__(self, store: Store, bot_id: int, owner: str) -> None:
        """`owner`: `ownership.new_owner`."""
        self._store = store
        self._bot_id = bot_id
        self._owner = owner
        self._sure_until = 0.0

    @property
    def is_sure(self) -> bool:
        """False after a pause longer than the lease: another process may have taken over."""
        return asyncio.get_running_loop().time() < self._sure_until

    async def claim(self, tx: Transaction, limit: int, *, holds_others: bool) -> Sequence[StoredUpdate]:
        """`holds_others`: rows claimed earlier are still waiting, and their leases end sooner."""
        until = self._from_now()
        now = datetime.now(UTC)
        rows = await tx.inbox.claim(self._bot_id, self._owner, now=now, until=now + LEASE, limit=limit)
        if rows and not holds_others:
            self._sure_until = until
        return rows

    async def renew(self, row_ids: Collection[int]) -> frozenset[int]:
        """Which of them are still ours. Rows that were claimed and never arrived here (their task was cancelled after
        the commit) are not among them, so their leases run out and they are found. Raises StoreUnavailable."""
        until = self._from_now()
        async with self._store.transaction() as tx:
            held = await tx.inbox.renew(self._owner, row_ids, datetime.now(UTC) + LEASE)
        self._sure_until = until
        return held

    async def find_free(self) -> bool:
        """Is there anything to claim? Frees what processes that are gone have left. Raises StoreUnavailable."""
        async with self._store.reading() as tx:
            is_free = await tx.inbox.has_free(self._bot_id, datetime.now(UTC))
            owners = await tx.inbox.owners(self._bot_id)
        for owner in owners:
            if owner != self._owner and is_gone(owner):
                async with self._store.transaction() as tx:
                    freed = await tx.inbox.disown(self._bot_id, owner)
                logger.info("inbox: {} updates of a process that is gone", freed)
                is_free = is_free or freed > 0
        return is_free

    async def let_go(self) -> None:
        """What was not begun is free for another process. Raises StoreUnavailable."""
        async with self._store.transaction() as tx:
            await tx.inbox.disown(self._bot_id, self._owner)

    def _from_now(self) -> float:
        return asyncio.get_running_loop().time() + LEASE.total_seconds()
