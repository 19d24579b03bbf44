"""People are told what a budget has left at 50, 80 and 100 per cent, once each: rows of the outbox, written in the
transaction that counted the money.

A person hears of their own budget, administrators of all others. Of the budget that every one has, administrators hear
when it is used up: ten people who each spent half of their day are no news.
"""

from collections.abc import Sequence
from datetime import datetime

from services.domain.budget import SHARES_TOLD, Account, BudgetScope
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.member import Member, MemberStatus, Role
from services.store.ports import Transaction

USED_UP = SHARES_TOLD[-1]


async def tell_of_shares(tx: Transaction, accounts: Sequence[Account], spent_microusd: int, now: datetime) -> None:
    """`accounts`: as they stand after `spent_microusd` was added to each."""
    for account in accounts:
        shares = account.shares_reached(spent_microusd)
        news = [share for share in shares if await tx.budgets.note(account.key, account.starts_on, share, now)]
        if news and news[-1] == shares[-1]:  # else something higher was told of before
            await _tell(tx, account, news[-1])


async def tell_of_refusal(tx: Transaction, refused: Account, now: datetime) -> None:
    """What is left is too little, or held by calls under way: that is all there is to say of this period."""
    news = [await tx.budgets.note(refused.key, refused.starts_on, share, now) for share in SHARES_TOLD]
    if news[-1]:
        await _tell(tx, refused, USED_UP)


async def _tell(tx: Transaction, account: Account, share: int) -> None:
    key = account.key
    person = await tx.members.get(key.scope_id) if key.scope is BudgetScope.MEMBER else None
    payload = {
        "scope": key.scope.value,
        "scope_id": key.scope_id,
        "period": key.period.value,
        "starts_on": account.starts_on.isoformat(),
        "percent": share,
        "spent_microusd": account.spent_microusd,
        "reserved_microusd": account.reserved_microusd,
        "limit_microusd": account.allowed_microusd,
        "is_hard": account.is_hard,
        "name": await _name(tx, account, person),
    }
    about = f"budget:{key.scope}:{key.scope_id}:{key.period}:{account.starts_on}:{share}:{account.allowed_microusd}"
    await tx.deliveries.add_many(
        [
            NewDelivery(
                DeliveryKind.BUDGET_NOTICE,
                ChatAddress(reader.telegram_id),
                f"{about}:{reader.id}",
                {**payload, "is_own": reader == person, "for_admin": reader.may_administer},
            )
            for reader in await _readers(tx, account, share, person)
        ]
    )


async def _readers(tx: Transaction, account: Account, share: int, person: Member | None) -> list[Member]:
    readers = [person] if person is not None and person.is_active else []
    if account.key.scope is BudgetScope.MEMBER and share < USED_UP and await tx.budgets.budget(account.key) is None:
        return readers
    admins = await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN)
    return [*readers, *(admin for admin in admins if person is None or admin.id != person.id)]


async def _name(tx: Transaction, account: Account, person: Member | None) -> str:
    """Of the person, the project or the chat; of the team, nothing."""
    key = account.key
    if key.scope is BudgetScope.PROJECT:
        project = await tx.projects.get(key.scope_id)
        return project.name if project else ""
    if key.scope is BudgetScope.CHAT:
        chat = await tx.chats.get(key.scope_id)
        return chat.title if chat else ""
    return person.name if person else ""
