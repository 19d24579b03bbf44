"""Every draft that waits for a decision, reachable after any downtime: read from the rows, not from what was sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.assistant.ports import Clock
from services.domain.chat import Chat, ChatKind
from services.domain.errors import NotAllowed
from services.domain.member import Member
from services.domain.waiting import WaitingDraft
from services.store.ports import Store

PAGE = 8


@dataclass(frozen=True, slots=True)
class QueueItem:
    generation_id: int
    brief_text: str
    asker: str
    waited: timedelta


@dataclass(frozen=True, slots=True)
class QueuePage:
    items: tuple[QueueItem, ...]
    number: int
    """From 0; the last page when a later one was asked for."""
    pages: int
    """At least 1."""
    total: int

    @property
    def first(self) -> int:
        """1-based place of the first item in the whole queue."""
        return self.number * PAGE + 1


class ListQueue:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, member: Member, chat: Chat, page: int = 0) -> QueuePage:
        """Newest first. Those who may approve see the whole team's drafts, others their own; in a group, only what was
        asked there. Raises NotAllowed."""
        if not member.is_active:
            raise NotAllowed
        author_id = None if member.may_approve else member.id
        chat_id = None if chat.kind is ChatKind.PRIVATE else chat.id
        async with self._store.reading() as tx:
            total = await tx.waiting.count(author_id=author_id, chat_id=chat_id)
            pages = max(1, -(-total // PAGE))
            number = min(page, pages - 1)
            drafts = await tx.waiting.page(author_id=author_id, chat_id=chat_id, offset=number * PAGE, limit=PAGE)
        now = self._clock.now()
        return QueuePage(tuple(queue_item(draft, now) for draft in drafts), number, pages, total)


def queue_item(draft: WaitingDraft, now: datetime) -> QueueItem:
    return QueueItem(draft.id, draft.brief_text, draft.asker, max(timedelta(), now - draft.since))
