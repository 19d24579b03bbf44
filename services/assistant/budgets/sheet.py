"""One budget as a screen shows it, and the rules that every press on it shares."""

from dataclasses import dataclass
from datetime import date

from services.domain.budget import EVERY_ONE, Account, BudgetKey, BudgetScope, start_of
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.store.ports import Transaction

MICROUSD_A_CENT = 10_000


@dataclass(frozen=True, slots=True)
class BudgetSheet:
    account: Account
    """As it stands; of what every one has, with nothing spent."""
    name: str = ""
    """Of the person, the project or the chat; of the team and of every one, nothing."""
    is_own: bool = False
    """Set for exactly this one, not for every one of its kind."""

    @property
    def key(self) -> BudgetKey:
        return self.account.key

    @property
    def is_for_every_one(self) -> bool:
        """A rule for all people (projects, chats), not something that money is taken from."""
        return self.key.scope is not BudgetScope.TEAM and self.key.scope_id == EVERY_ONE


@dataclass(frozen=True, slots=True)
class PressedBudget:
    """What a button says of the budget it was drawn for."""

    key: BudgetKey
    starts_on: date
    allowed_cents: int
    """Whole cents of the limit and what was granted on top of it."""


async def sheet_of(tx: Transaction, account: Account) -> BudgetSheet:
    is_own = await tx.budgets.budget(account.key) is not None
    return BudgetSheet(account, await name_of(tx, account.key), is_own)


async def name_of(tx: Transaction, key: BudgetKey) -> str:
    if key.scope_id == EVERY_ONE:
        return ""
    if key.scope is BudgetScope.MEMBER:
        member = await tx.members.get(key.scope_id)
        return member.name if member else ""
    if key.scope is BudgetScope.PROJECT:
        project = await tx.projects.get(key.scope_id)
        return project.name if project else ""
    chat = await tx.chats.get(key.scope_id)
    return chat.title if chat else ""


def admins_only(admin: Member) -> None:
    """Raises NotAllowed."""
    if not admin.may_administer:
        raise NotAllowed


async def held_as_pressed(tx: Transaction, pressed: PressedBudget, today: date) -> Account:
    """The account, locked until the transaction ends. Raises StaleAction when its period is over, or when its limit is
    another one by now, as when a second admin was quicker."""
    if start_of(pressed.key.period, today) != pressed.starts_on:
        raise StaleAction("the period is over", state="budget_over")
    account = await tx.budgets.held(pressed.key, pressed.starts_on)
    if account.allowed_microusd is None or account.allowed_microusd // MICROUSD_A_CENT != pressed.allowed_cents:
        raise StaleAction("the limit has changed", state="budget_changed")
    return account
