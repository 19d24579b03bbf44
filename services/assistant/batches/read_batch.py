"""A batch as people see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.assistant.budgets.team_days import TeamDays
from services.domain.batch import Batch, BatchLine, BatchState, LineCounts
from services.domain.budget import Account, accounts_of
from services.store.batch_money import context_of
from services.store.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class BatchReport:
    batch: Batch
    counts: LineCounts = field(default_factory=LineCounts)
    tightest: Account | None = None
    """Of the accounts that would pay, the one with the least left; None: no limit anywhere, or nothing to decide."""
    lines: Sequence[BatchLine] = ()


class ReadBatch:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, batch_id: int, *, with_lines: bool = False) -> BatchReport | None:
        async with self._store.reading() as tx:
            batch = await tx.batches.get(batch_id)
            if batch is None:
                return None
            counts = await tx.batches.counts(batch_id)
            waits = batch.state is BatchState.ESTIMATED and batch.address.is_private
            tightest = await self._tightest(tx, batch) if waits else None
            lines = await tx.batches.lines(batch_id) if with_lines else ()
        return BatchReport(batch, counts, tightest, lines)

    async def _tightest(self, tx: Transaction, batch: Batch) -> Account | None:
        day = self._days.today()
        accounts = [await tx.budgets.account(key, day) for key, _ in accounts_of(context_of(batch), day)]
        limited = [account for account in accounts if account.left_microusd is not None and account.is_hard]
        return min(limited, key=lambda account: account.left_microusd or 0, default=None)
