"""An admin raises the limit itself: by so much, or to twice as much."""

from services.assistant.budgets.saved_requests import tell_of_saved_requests
from services.assistant.budgets.sheet import BudgetSheet, PressedBudget, admins_only, held_as_pressed, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.budget import Budget
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store

STEP_MICROUSD = 5_000_000


class RaiseBudget:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(self, admin: Member, pressed: PressedBudget, *, doubled: bool = False) -> BudgetSheet:
        """As it stands then. A budget that every one has becomes this one's own. Raises NotAllowed, StaleAction."""
        admins_only(admin)
        today = self._days.today()
        async with self._store.transaction() as tx:
            account = await held_as_pressed(tx, pressed, today)
            limit = account.limit_microusd or 0
            limit = max(limit * 2, STEP_MICROUSD) if doubled else limit + STEP_MICROUSD
            await tx.budgets.set(Budget(pressed.key, limit, account.is_hard), admin.id, today)
            await tx.audit.add(
                "budget_set",
                admin.id,
                scope=pressed.key.scope.value,
                scope_id=pressed.key.scope_id,
                period=pressed.key.period.value,
                limit=limit,
                hard=int(account.is_hard),
            )
            raised = await tx.budgets.account(pressed.key, today)
            await tell_of_saved_requests(tx, raised)
            sheet = await sheet_of(tx, raised)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return sheet
