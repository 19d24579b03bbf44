"""Drafts that wait for a decision, and who was asked for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.domain.waiting import WaitingDraft


class ReviewRequests(Protocol):
    async def add(self, generation_id: int, member_id: int, asked_by: int | None) -> bool:
        """False: this person was asked before. `asked_by`: member id; None for Muza's own escalation."""
        ...


class WaitingDrafts(Protocol):
    async def page(
        self,
        *,
        author_id: int | None = None,
        chat_id: int | None = None,
        ids: Sequence[int] | None = None,
        offset: int = 0,
        limit: int = 10,
    ) -> Sequence[WaitingDraft]:
        """Newest first: of all people, or of one author; in all chats, or in one; of `ids`, those that still wait."""
        ...

    async def count(self, *, author_id: int | None = None, chat_id: int | None = None) -> int: ...
    async def due(self, now: datetime, limit: int = 500) -> Sequence[WaitingDraft]:
        """Those about which somebody should be reminded now, by id. A draft that only its author has seen, in private,
        is never among them: nobody was asked."""
        ...

    async def note_reminder(self, draft: WaitingDraft, now: datetime) -> bool:
        """False: decided meanwhile, or this round was noted by another process. Buttons stay valid."""
        ...

    async def older_than(self, before: datetime, limit: int = 500) -> Sequence[WaitingDraft]:
        """Waiting since before `before`, by id."""
        ...


class OldRows(Protocol):
    async def purge_deliveries(self, settled_before: datetime, limit: int = 5_000) -> int:
        """SENT and CANCELLED ones; what people should look at stays. Returns how many."""
        ...
