"""The ledger that every model call passes: a transaction of its own before the request leaves, and one after."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from services.calling.halt_watch import HaltWatch
from services.domain.budget import Account, accounts_of
from services.domain.errand import Errand
from services.domain.errors import BudgetExhausted, GenerationHalted
from services.domain.lease import LeaseLost, recording_lease
from services.domain.metering import Halting
from services.domain.usage import CallContext, CallReport, StartedCall
from services.store.budget_notices import tell_of_refusal, tell_of_shares
from services.store.ports import Store, Transaction
from services.store.price_notices import tell_of_unknown_price

LONGEST_CALL = timedelta(hours=1)
"""No answer takes longer, whoever asked for it."""
LONGEST_SETTLING = timedelta(seconds=30)
"""A run that ended or lost its lease has written its calls down by then, unless its process died; and whoever takes
over from the dead has settled theirs, knowing what text was saved. What a dead process had reserved is free again after
this and the time between two sweeps."""


def _nobody_knows(_: str) -> bool:
    return False


class SqlLedger:
    def __init__(
        self,
        store: Store,
        zone: tzinfo = UTC,
        *,
        owner: str | None = None,
        is_gone: Callable[[str], bool] = _nobody_knows,
        halts: HaltWatch | None = None,
    ) -> None:
        """`zone`: in which the days, weeks and months of budgets begin. `owner`: what this process calls itself, and
        `is_gone`: whether the process that called itself so is known to be dead. `halts`: what ends
        calls under way."""
        self.halts: Halting = halts or HaltWatch()
        self._store = store
        self._zone = zone
        self._owner = owner
        self._is_gone = is_gone

    async def start(self, errand: Errand) -> int:
        """Raises BudgetExhausted, GenerationHalted, LeaseLost, StoreUnavailable: no call is written then."""
        context, now = errand.context, datetime.now(self._zone)
        async with self._store.transaction() as tx:
            await _check_lease(tx, context)
            if await tx.halts.is_halted(context.project_id):
                raise GenerationHalted
            refused = await tx.budgets.reserve(accounts_of(context, now.date()), errand.most_microusd)
            if refused is None:
                return await tx.calls.start(errand, now.date(), self._owner)
            await tell_of_refusal(tx, refused, now)
        raise BudgetExhausted(f"{refused.key.scope} {refused.key.scope_id}", **refusal_facts(refused))

    async def finish(self, call_id: int, report: CallReport) -> None:
        """What was reserved is given back and what it cost is counted, together with the row, and with the notices of
        what that used up."""
        async with self._store.transaction() as tx:
            settled = await tx.calls.finish(call_id, report)
            if settled is not None:
                accounts = await tx.budgets.settle(
                    accounts_of(settled.context, settled.day),
                    released_microusd=settled.released_microusd,
                    spent_microusd=settled.spent_microusd,
                )
                await tell_of_shares(tx, accounts, settled.spent_microusd, datetime.now(self._zone))
                if settled.unpriced is not None:
                    await tell_of_unknown_price(tx, *settled.unpriced)

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.unsettled_of_older_runs(generation_id, lease_token)

    async def unsettled_of_recording(self, recording_id: int, lease_token: int) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            return await tx.calls.unsettled_of_recording(recording_id, lease_token)

    async def forgotten(self, now: datetime) -> Sequence[StartedCall]:
        async with self._store.reading() as tx:
            begun_before = now - LONGEST_SETTLING
            dead = [owner for owner in await tx.calls.owners(begun_before) if self._is_gone(owner)]
            return await tx.calls.forgotten(now - LONGEST_CALL, begun_before, dead)


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


def refusal_facts(refused: Account) -> dict[str, int | str]:
    """For the person's sentence."""
    return {
        "scope": refused.key.scope.value,
        "scope_id": refused.key.scope_id,
        "period": refused.key.period.value,
        "starts_on": refused.starts_on.toordinal(),
        "limit": f"{(refused.allowed_microusd or 0) / 1_000_000:.2f}",
        "left": f"{max(refused.left_microusd or 0, 0) / 1_000_000:.2f}",
    }
