"""What may be spent: one's own budgets for everyone, all of them for administrators."""

from dataclasses import dataclass
from datetime import date

from services.assistant.budgets.sheet import BudgetSheet, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.domain.budget import EVERY_ONE, Account, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.chat import Chat, ChatKind
from services.domain.member import Member
from services.store.ports import Store, Transaction

_ORDER = tuple(BudgetScope)
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class BudgetReport:
    rules: tuple[BudgetSheet, ...]
    """What holds for every one of a kind."""
    sheets: tuple[BudgetSheet, ...]
    """With a limit, the widest scope first, then the fullest."""
    left_out: int = 0
    is_admin: bool = False


class ShowBudgets:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, member: Member, chat: Chat | None = None) -> BudgetReport:
        """Everybody sees what pays for them: their own, and those of `chat` and its project. The team's and other
        people's are shown to admins, and not in groups, where everybody reads along."""
        today = self._days.today()
        sees_all = member.may_administer and (chat is None or chat.kind is ChatKind.PRIVATE)
        async with self._store.reading() as tx:
            accounts = await (_all(tx, today) if sees_all else _own(tx, member, chat, today))
            sheets = [await sheet_of(tx, account) for account in accounts]
        rules = tuple(sheet for sheet in sheets if sheet.is_for_every_one)
        others = sorted((sheet for sheet in sheets if not sheet.is_for_every_one), key=_place)
        shown = tuple(others[:MOST_SHOWN])
        return BudgetReport(rules, shown, len(others) - len(shown), sees_all)


async def _all(tx: Transaction, today: date) -> list[Account]:
    """Those that money was taken from in this period, and those that are set."""
    found = {account.key: account for account in await tx.budgets.open_accounts(today)}
    for budget in await tx.budgets.budgets():
        if budget.key not in found:
            found[budget.key] = await tx.budgets.account(budget.key, today)
    return list(found.values())


async def _own(tx: Transaction, member: Member, chat: Chat | None, today: date) -> list[Account]:
    payers = [(BudgetScope.MEMBER, member.id)]
    if chat is not None:
        payers += [(BudgetScope.PROJECT, chat.project_id), (BudgetScope.CHAT, chat.id)]
    keys = [BudgetKey(scope, scope_id, period) for scope, scope_id in payers for period in BudgetPeriod]
    accounts = [await tx.budgets.account(key, today) for key in keys]
    return [account for account in accounts if account.limit_microusd is not None]


def _place(sheet: BudgetSheet) -> tuple[int, float, int]:
    account = sheet.account
    allowed = account.allowed_microusd or 1
    share = (account.spent_microusd + account.reserved_microusd) / allowed
    return _ORDER.index(account.key.scope), -share if account.key.scope_id != EVERY_ONE else -1.0, account.key.scope_id
