"""What did not arrive, or may not have, for admins to decide about."""

from dataclasses import dataclass
from datetime import datetime

from services.domain.delivery import DeliveryKind, DeliveryState, OneLetter
from services.domain.errors import NotAllowed
from services.domain.member import Member
from services.store.ports import Store, Transaction
from services.store.ports_operation import DeadLetter

PAGE = 5


@dataclass(frozen=True, slots=True)
class Undelivered:
    letter: OneLetter
    kind: DeliveryKind
    recipient: str
    """Name of the person, title of the group; else Telegram's id."""
    may_have_arrived: bool
    reason_code: str
    since: datetime


@dataclass(frozen=True, slots=True)
class UndeliveredPage:
    items: tuple[Undelivered, ...]
    total: int
    number: int
    pages: int
    newest: datetime | None
    """What "all" means for the reader of this page: nothing that failed later."""

    @property
    def first(self) -> int:
        return self.number * PAGE + 1


class ListUndelivered:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, admin: Member, number: int = 0) -> UndeliveredPage:
        """Newest first; a page behind the end is the last one. Raises NotAllowed."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.reading() as tx:
            total = await tx.dead_letters.count()
            pages = max(1, -(-total // PAGE))
            number = min(number, pages - 1)
            letters = await tx.dead_letters.page(number * PAGE, PAGE)
            newest = await tx.dead_letters.newest()
            items = tuple([await _describe(tx, letter) for letter in letters])
        return UndeliveredPage(items, total, number, pages, newest)


async def _describe(tx: Transaction, letter: DeadLetter) -> Undelivered:
    delivery, chat_id = letter.delivery, letter.delivery.address.chat_id
    if delivery.address.is_private:
        member = await tx.members.by_telegram_id(chat_id)
        name = member.name if member else ""
    else:
        chat = await tx.chats.get(chat_id)
        name = chat.title if chat else ""
    return Undelivered(
        OneLetter(delivery.id, delivery.attempts),
        delivery.kind,
        name or str(chat_id),
        delivery.state is DeliveryState.UNCERTAIN,
        delivery.error_code or "",
        letter.settled_at,
    )
