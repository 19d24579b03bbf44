"""The ledger that every model call passes: a transaction of its own before the request leaves, and one after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.domain.generation import PromptRelease
from services.domain.lease import LeaseLost, recording_lease
from services.domain.usage import CallContext, CallReport, StartedCall
from services.store.ports import Store, Transaction

LONGEST_CALL = timedelta(hours=1)
"""No answer takes longer, whoever asked for it."""
LONGEST_SETTLING = timedelta(seconds=60)
"""A run that ended or lost its lease has written its calls down by then, unless its process died."""


class SqlLedger:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def start(
        self,
        context: CallContext,
        provider: str,
        model: str,
        prompt: PromptRelease | None,
        tokens_in: int = 0,
        *,
        audio_ms: int = 0,
        characters: int = 0,
    ) -> int:
        async with self._store.transaction() as tx:
            await _check_lease(tx, context)
            return await tx.calls.start(
                context, provider, model, prompt, tokens_in, audio_ms=audio_ms, characters=characters
            )

    async def finish(self, call_id: int, report: CallReport) -> None:
        async with self._store.transaction() as tx:
            await tx.calls.finish(call_id, report)

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.unsettled_of_older_runs(generation_id, lease_token)

    async def unsettled_of_recording(self, recording_id: int, lease_token: int) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.unsettled_of_recording(recording_id, lease_token)

    async def forgotten(self, now: datetime) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.forgotten(now - LONGEST_CALL, now - LONGEST_SETTLING)


async def _check_lease(tx: Transaction, context: CallContext) -> None:
    """Raises LeaseLost. A call of no lease, or for nothing that is leased, is anybody's."""
    token = context.lease_token
    if token is None:
        return
    if context.generation_id is not None:
        held = await tx.generations.holds(context.generation_id, token)
    elif context.recording_id is not None:
        held = await tx.job_leases.holds(recording_lease(context.recording_id), token)
    else:
        return
    if not held:
        raise LeaseLost
