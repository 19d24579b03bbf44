"""A person asks the admins for more: once a period and budget, however often the button is pressed."""

from datetime import date

from services.assistant.budgets.sheet import name_of
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.budget import EVERY_ONE, Account, BudgetKey, BudgetScope, start_of
from services.domain.chat import Chat, ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member, MemberStatus, Role
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


def asked_note(key: BudgetKey, starts_on: date) -> str:
    """Of the people who asked for more of it: {"members": [ids]}."""
    return f"budget-asked:{key.scope}:{key.scope_id}:{key.period}:{starts_on.isoformat()}"


class AskForMore:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(self, member: Member, chat: Chat, key: BudgetKey, starts_on: date) -> bool:
        """False: they have asked in this period already. Raises NotAllowed for somebody else's budget; StaleAction when
        the period is over or nothing is limited any more."""
        if not member.is_active or not _pays_for(key, member, chat):
            raise NotAllowed
        if start_of(key.period, self._days.today()) != starts_on:
            raise StaleAction("the period is over", state="budget_over")
        async with self._store.transaction() as tx:
            account = await tx.budgets.held(key, starts_on)
            if account.limit_microusd is None:
                raise StaleAction("no limit any more", state="budget_changed")
            note = asked_note(key, starts_on)
            asked = list((await tx.notes.get(note) or {}).get("members", []))
            if member.id in asked:
                return False
            await tx.notes.put(note, {"members": [*asked, member.id]})
            await _tell_admins(tx, account, member)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return True


def _pays_for(key: BudgetKey, member: Member, chat: Chat) -> bool:
    own = {
        BudgetScope.TEAM: EVERY_ONE,
        BudgetScope.PROJECT: chat.project_id,
        BudgetScope.CHAT: chat.id,
        BudgetScope.MEMBER: member.id,
    }
    return own[key.scope] == key.scope_id


async def _tell_admins(tx: Transaction, account: Account, member: Member) -> None:
    key = account.key
    payload = {
        "scope": key.scope.value,
        "scope_id": key.scope_id,
        "period": key.period.value,
        "starts_on": account.starts_on.isoformat(),
        "from": member.name,
        "username": member.username or "",
        "name": await name_of(tx, key),
    }
    for admin in await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN):
        await tx.deliveries.add(
            NewDelivery(
                DeliveryKind.BUDGET_ASKED,
                ChatAddress(admin.telegram_id),
                f"{asked_note(key, account.starts_on)}:{member.id}:{admin.id}",
                payload,
            )
        )
