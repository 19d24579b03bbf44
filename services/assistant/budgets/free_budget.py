"""An admin takes a limit away."""

from services.assistant.budgets.saved_requests import tell_of_saved_requests
from services.assistant.budgets.sheet import BudgetSheet, admins_only, sheet_of
from services.assistant.budgets.target import BudgetTarget, find_target
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.budget import BudgetKey, BudgetPeriod
from services.domain.chat import Chat
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class FreeBudget:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(
        self,
        admin: Member,
        chat: Chat,
        target: BudgetTarget,
        period: BudgetPeriod | None = None,
        *,
        as_every_one: bool = False,
    ) -> tuple[BudgetSheet, ...]:
        """What has changed. `period` None: each that has a limit. `as_every_one`: the rule for all of its kind holds
        again, instead of no limit. Raises NotAllowed, StaleAction for somebody who does not exist."""
        admins_only(admin)
        today, is_told = self._days.today(), False
        sheets: list[BudgetSheet] = []
        async with self._store.transaction() as tx:
            scope_id = await find_target(tx, target, chat)
            for one in BudgetPeriod if period is None else (period,):
                key = BudgetKey(target.scope, scope_id, one)
                has_limit = (await tx.budgets.account(key, today)).limit_microusd is not None
                if period is None and not has_limit and not as_every_one:
                    continue
                if as_every_one:
                    await tx.budgets.forget(key, today)
                else:
                    await tx.budgets.free(key, admin.id, today)
                event = "budget_forgotten" if as_every_one else "budget_freed"
                await tx.audit.add(event, admin.id, scope=key.scope.value, scope_id=scope_id, period=one.value)
                account = await tx.budgets.account(key, today)
                is_told |= await tell_of_saved_requests(tx, account)
                sheets.append(await sheet_of(tx, account))
        if is_told:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return tuple(sheets)
