"""An admin sets a limit."""

from services.assistant.budgets.saved_requests import tell_of_saved_requests
from services.assistant.budgets.sheet import BudgetSheet, admins_only, sheet_of
from services.assistant.budgets.target import BudgetTarget, find_target
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.budget import Budget, BudgetKey, BudgetPeriod
from services.domain.chat import Chat
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class SetBudget:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(
        self,
        admin: Member,
        chat: Chat,
        target: BudgetTarget,
        period: BudgetPeriod,
        limit_microusd: int,
        *,
        is_hard: bool = True,
    ) -> BudgetSheet:
        """As it stands then; people whose requests were refused hear that they can run. `chat`: where it is said.
        Raises NotAllowed, StaleAction for somebody who does not exist."""
        admins_only(admin)
        today = self._days.today()
        async with self._store.transaction() as tx:
            key = BudgetKey(target.scope, await find_target(tx, target, chat), period)
            await tx.budgets.set(Budget(key, limit_microusd, is_hard), admin.id, today)
            await tx.audit.add(
                "budget_set",
                admin.id,
                scope=key.scope.value,
                scope_id=key.scope_id,
                period=period.value,
                limit=limit_microusd,
                hard=int(is_hard),
            )
            account = await tx.budgets.account(key, today)
            is_told = await tell_of_saved_requests(tx, account)
            sheet = await sheet_of(tx, account)
        if is_told:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return sheet
