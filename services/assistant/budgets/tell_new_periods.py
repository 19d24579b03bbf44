"""A new day, week or month has begun: whoever was refused for lack of money hears once that there is some again."""

from datetime import date, datetime, timedelta

from services.assistant.budgets.saved_requests import SavedRequest, refused_requests, saved_requests
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.budget import BudgetKey, BudgetPeriod, BudgetScope, next_start
from services.domain.quiet_hours import QuietHours
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction

NEWS_FOR = timedelta(days=7)
"""After the period turned. What nobody asked for again by then is not wanted any more; and the outbox, which knows who
was told, keeps its rows for longer than that."""
LOOKED_AT = 200


class TellNewPeriods:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays, quiet: QuietHours | None = None) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days
        self._quiet = quiet

    async def __call__(self) -> int:
        """How many were told. Each is told once, however often this runs, and by a raise before or by this."""
        today = self._days.today()
        async with self._store.reading() as tx:
            if not await self._over(tx, today):
                return 0
        quiet_until = self._quiet.until(self._days.clock.now()) if self._quiet else None
        async with self._store.transaction() as tx:
            told = await self._tell(tx, today, quiet_until)
        if told:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return told

    async def _tell(self, tx: Transaction, today: date, quiet_until: datetime | None) -> int:
        told = 0
        for key, requests in (await self._over(tx, today)).items():
            left = (await tx.budgets.account(key, today)).left_microusd
            if left is None or left > 0:
                told += await tx.deliveries.add_many([saved.notice(quiet_until) for saved in requests])
        return told

    async def _over(self, tx: Transaction, today: date) -> dict[BudgetKey, list[SavedRequest]]:
        """By the budget that refused them, in a period that is over since."""
        over: dict[BudgetKey, list[SavedRequest]] = {}
        for facts, refused in await refused_requests(tx, LOOKED_AT):
            key = _turned(facts, today)
            if key is not None:
                over.setdefault(key, []).extend(await saved_requests(tx, [refused]))
        return over


def _turned(facts: dict[str, int | str], today: date) -> BudgetKey | None:
    try:
        key = BudgetKey(BudgetScope(str(facts["scope"])), int(facts["scope_id"]), BudgetPeriod(str(facts["period"])))
        begun = next_start(key.period, date.fromordinal(int(facts["starts_on"])))
    except (KeyError, ValueError):
        return None  # refused before these facts were written down
    return key if begun is not None and begun <= today <= begun + NEWS_FOR else None
