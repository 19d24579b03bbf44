"""What this person (or this group) asked for lately, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from services.domain.brief import Task
from services.domain.chat import Chat, ChatKind
from services.domain.errors import NotAllowed
from services.domain.generation import GenerationState
from services.domain.member import Member
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class HistoryItem:
    generation_id: int
    task: Task
    brief_text: str
    state: GenerationState
    number: int
    created_at: datetime | None


class ListHistory:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, chat: Chat, limit: int = 10) -> tuple[HistoryItem, ...]:
        """Newest first, one line a brief. In a private chat: everything of the person's, wherever it was asked; in a
        group: only what was asked there, so that private work does not surface among others. Raises NotAllowed."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.reading() as tx:
            recent = (
                await tx.generations.recent(member_id=member.id, limit=limit * 3)
                if chat.kind is ChatKind.PRIVATE
                else await tx.generations.recent(chat_id=chat.id, limit=limit * 3)
            )
            items: dict[int, HistoryItem] = {}
            for generation in recent:
                if generation.brief_id in items or len(items) == limit:
                    continue
                brief = await tx.briefs.get(generation.brief_id)
                if brief is not None:
                    items[brief.id] = HistoryItem(
                        generation.id,
                        brief.task,
                        brief.text,
                        generation.state,
                        generation.number,
                        generation.created_at,
                    )
        return tuple(items.values())
