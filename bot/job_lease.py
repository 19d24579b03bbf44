"""A job that only one process may do at a time: RQ can start a job twice, and workers sweep the same rows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from loguru import logger

from bot.ownership import is_gone, new_owner
from services.domain.errors import StoreUnavailable
from services.store.job_fence import Fence, JobOvertaken, fenced
from services.store.ports import Store

LEASE = timedelta(seconds=60)
"""How long the job of a process that is not heard of is left alone, unless it is known to be dead."""
RENEW_SECONDS = 15.0

Result = TypeVar("Result")


class JobLease:
    def __init__(
        self, store: Store, *, owner: str | None = None, lease: timedelta = LEASE, renew_seconds: float = RENEW_SECONDS
    ) -> None:
        self._store = store
        self._owner = owner or new_owner()
        self._lease = lease
        self._renew_seconds = renew_seconds

    async def run(self, name: str, work: Callable[[], Awaitable[Result]]) -> Result | None:
        """None: another process is at it. Raises JobOvertaken when it took over meanwhile, and what `work` raises."""
        token = await self._take(name)
        if token is None:
            return None
        try:
            return await self._run(Fence(name, token), work)
        finally:
            await asyncio.shield(self._release(name, token))

    async def _take(self, name: str) -> int | None:
        now = datetime.now(UTC)
        async with self._store.transaction() as tx:
            leases = tx.job_leases
            token = await leases.take(name, self._owner, now + self._lease, now)
            if token is not None or (holder := await leases.holder(name)) is None or not is_gone(holder[0]):
                return token
            await leases.release(name, holder[1])
            logger.info("the holder of job {} is gone: taken over", name)
            return await leases.take(name, self._owner, now + self._lease, now)

    async def _run(self, fence: Fence, work: Callable[[], Awaitable[Result]]) -> Result:
        outcome: list[Result] = []
        trouble: Exception | None = None
        async with asyncio.TaskGroup() as group:
            try:
                async with asyncio.timeout(None) as limit:
                    keeper = group.create_task(self._keep(fence, limit))
                    with fenced(fence):
                        outcome.append(await work())
            except Exception as error:  # noqa: BLE001 - raised again below, not wrapped into a group
                trouble = JobOvertaken(fence.name) if limit.expired() else error
            finally:
                keeper.cancel()
        if trouble is not None:
            raise trouble
        return outcome[0]

    async def _keep(self, fence: Fence, limit: asyncio.Timeout) -> None:
        """Renews; ends the work when the lease is lost. While the database is away the work goes on: it can write
        nothing either."""
        while True:
            await asyncio.sleep(self._renew_seconds)
            try:
                async with self._store.transaction() as tx:
                    held = await tx.job_leases.renew(fence.name, fence.token, datetime.now(UTC) + self._lease)
            except StoreUnavailable:
                logger.warning("the lease of job {} could not be renewed", fence.name)
                continue
            if not held:
                logger.warning("job {} was taken over by another process", fence.name)
                limit.reschedule(asyncio.get_running_loop().time())
                return

    async def _release(self, name: str, token: int) -> None:
        try:
            async with self._store.transaction() as tx:
                await tx.job_leases.release(name, token)
        except StoreUnavailable:
            logger.warning("the lease of job {} was not given back: it runs out by itself", name)
