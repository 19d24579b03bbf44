"""An admin leaves a budget as it is; who asked for more is told."""

from services.assistant.budgets.ask_for_more import asked_note
from services.assistant.budgets.sheet import BudgetSheet, PressedBudget, admins_only, held_as_pressed, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


class DenyMore:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(self, admin: Member, pressed: PressedBudget) -> BudgetSheet:
        """As it stands. Raises NotAllowed; StaleAction when another admin has given more meanwhile."""
        admins_only(admin)
        async with self._store.transaction() as tx:
            account = await held_as_pressed(tx, pressed, self._days.today())
            key = pressed.key
            await tx.audit.add(
                "budget_denied", admin.id, scope=key.scope.value, scope_id=key.scope_id, period=key.period.value
            )
            await self._tell(tx, pressed)
            sheet = await sheet_of(tx, account)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return sheet

    async def _tell(self, tx: Transaction, pressed: PressedBudget) -> None:
        note, key = asked_note(pressed.key, pressed.starts_on), pressed.key
        for member_id in (await tx.notes.get(note) or {}).get("members", []):
            member = await tx.members.get(int(member_id))
            if member is None or not member.is_active:
                continue
            await tx.deliveries.add(
                NewDelivery(
                    DeliveryKind.BUDGET_DENIED,
                    ChatAddress(member.telegram_id),
                    f"{note}:denied:{member.id}",
                    {"scope": key.scope.value, "period": key.period.value},
                )
            )
