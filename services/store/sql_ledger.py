"""The ledger that every model call passes: a transaction of its own before the request leaves, and one after."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from services.domain.budget import Account, accounts_of
from services.domain.errand import Errand
from services.domain.errors import BudgetExhausted, GenerationHalted
from services.domain.lease import LeaseLost, recording_lease
from services.domain.usage import CallContext, CallReport, StartedCall
from services.store.ports import Store, Transaction

LONGEST_CALL = timedelta(hours=1)
"""No answer takes longer, whoever asked for it."""
LONGEST_SETTLING = timedelta(seconds=60)
"""A run that ended or lost its lease has written its calls down by then, unless its process died."""


class SqlLedger:
    def __init__(self, store: Store, zone: tzinfo = UTC) -> None:
        """`zone`: in which the days, weeks and months of budgets begin."""
        self._store = store
        self._zone = zone

    async def start(self, errand: Errand) -> int:
        """Raises BudgetExhausted, GenerationHalted, LeaseLost, StoreUnavailable: nothing is written then."""
        context, day = errand.context, datetime.now(self._zone).date()
        async with self._store.transaction() as tx:
            await _check_lease(tx, context)
            if await tx.halts.is_halted(context.project_id):
                raise GenerationHalted
            refused = await tx.budgets.reserve(accounts_of(context, day), errand.most_microusd)
            if refused is not None:
                raise BudgetExhausted(f"{refused.key.scope} {refused.key.scope_id}", **_facts(refused))
            return await tx.calls.start(errand, day)

    async def finish(self, call_id: int, report: CallReport) -> None:
        """What was reserved is given back and what it cost is counted, together with the row."""
        async with self._store.transaction() as tx:
            settled = await tx.calls.finish(call_id, report)
            if settled is not None:
                await tx.budgets.settle(
                    accounts_of(settled.context, settled.day),
                    released_microusd=settled.released_microusd,
                    spent_microusd=settled.spent_microusd,
                )

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


def _facts(refused: Account) -> dict[str, int | str]:
    """For the person's sentence."""
    limit, left = refused.limit_microusd or 0, max(refused.left_microusd or 0, 0)
    return {
        "scope": refused.key.scope.value,
        "scope_id": refused.key.scope_id,
        "period": refused.key.period.value,
        "limit": f"{(limit + refused.extra_microusd) / 1_000_000:.2f}",
        "left": f"{left / 1_000_000:.2f}",
    }
