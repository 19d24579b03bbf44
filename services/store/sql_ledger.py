"""The ledger that every model call passes: a transaction of its own before the request leaves, and one after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.domain.generation import PromptRelease
from services.domain.lease import LeaseLost
from services.domain.usage import CallContext, CallReport, StartedCall
from services.store.ports import Store

LONGEST_CALL = timedelta(hours=1)
"""No answer takes longer, whoever asked for it."""
LONGEST_SETTLING = timedelta(seconds=60)
"""A run that ended or lost its lease has written its calls down by then, unless its process died."""


class SqlLedger:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def start(
        self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None, tokens_in: int = 0
    ) -> int:
        generation, token = context.generation_id, context.lease_token
        async with self._store.transaction() as tx:
            if generation is not None and token is not None and not await tx.generations.holds(generation, token):
                raise LeaseLost
            return await tx.calls.start(context, provider, model, prompt, tokens_in)

    async def finish(self, call_id: int, report: CallReport) -> None:
        async with self._store.transaction() as tx:
            await tx.calls.finish(call_id, report)

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.unsettled_of_older_runs(generation_id, lease_token)

    async def forgotten(self, now: datetime) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.forgotten(now - LONGEST_CALL, now - LONGEST_SETTLING)
