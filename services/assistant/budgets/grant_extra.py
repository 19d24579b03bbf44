"""An admin adds money to a budget, for this period only."""

from services.assistant.budgets.saved_requests import tell_of_saved_requests
from services.assistant.budgets.sheet import BudgetSheet, PressedBudget, admins_only, held_as_pressed, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store

EXTRA_MICROUSD = 5_000_000


class GrantExtra:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(
        self, admin: Member, pressed: PressedBudget, extra_microusd: int = EXTRA_MICROUSD
    ) -> BudgetSheet:
        """As it stands then. The same press again changes nothing. Raises NotAllowed, StaleAction."""
        admins_only(admin)
        async with self._store.transaction() as tx:
            await held_as_pressed(tx, pressed, self._days.today())
            account = await tx.budgets.grant(pressed.key, pressed.starts_on, extra_microusd)
            await tx.audit.add(
                "budget_granted",
                admin.id,
                scope=pressed.key.scope.value,
                scope_id=pressed.key.scope_id,
                period=pressed.key.period.value,
                extra=extra_microusd,
            )
            await tell_of_saved_requests(tx, account)
            sheet = await sheet_of(tx, account)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return sheet
