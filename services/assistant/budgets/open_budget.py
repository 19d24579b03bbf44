"""One budget, who spends it, and what an admin can do about it."""

from dataclasses import dataclass

from services.assistant.budgets.sheet import BudgetSheet, admins_only, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.domain.budget import BudgetKey, BudgetScope
from services.domain.member import Member
from services.store.ports import Store

MOST_SPENDERS = 5


@dataclass(frozen=True, slots=True)
class Spender:
    name: str
    spent_microusd: int


@dataclass(frozen=True, slots=True)
class OpenedBudget:
    sheet: BudgetSheet
    spenders: tuple[Spender, ...] = ()
    """People who spent most in this period, of the team's budget."""


class OpenBudget:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, admin: Member, key: BudgetKey) -> OpenedBudget:
        """In its period of today. Raises NotAllowed."""
        admins_only(admin)
        today = self._days.today()
        async with self._store.reading() as tx:
            sheet = await sheet_of(tx, await tx.budgets.account(key, today))
            if key.scope is not BudgetScope.TEAM:
                return OpenedBudget(sheet)
            people = [
                (member, await tx.budgets.account(BudgetKey(BudgetScope.MEMBER, member.id, key.period), today))
                for member in await tx.members.list()
            ]
        spending = sorted(people, key=lambda person: -person[1].spent_microusd)[:MOST_SPENDERS]
        return OpenedBudget(
            sheet,
            tuple(
                Spender(member.name, account.spent_microusd) for member, account in spending if account.spent_microusd
            ),
        )
