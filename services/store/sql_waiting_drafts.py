"""Drafts that wait for a decision: found by what the rows say, never by what was sent about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from services.domain.chat import ChatAddress
from services.domain.generation import GenerationState
from services.domain.waiting import PAUSE, REMIND_AFTER, ROUNDS, WaitingDraft
from services.store.generation_row import to_generation
from services.store.sql_connection import SqlRepository
from services.store.tables import briefs, generations, members, review_requests

S = GenerationState
ENDED_WITH_NOTHING = (S.FAILED, S.STOPPED)

askers, authors = members.alias("askers"), members.alias("authors")
_requests = select(review_requests.c.created_at).where(review_requests.c.generation_id == generations.c.id)
_first_request = select(func.min(review_requests.c.created_at)).where(
    review_requests.c.generation_id == generations.c.id, review_requests.c.asked_by.is_not(None)
)
since = func.coalesce(_first_request.scalar_subquery(), generations.c.finished_at, generations.c.created_at)


class SqlWaitingDrafts(SqlRepository):
    async def page(
        self,
        *,
        author_id: int | None = None,
        chat_id: int | None = None,
        ids: Sequence[int] | None = None,
        offset: int = 0,
        limit: int = 10,
    ) -> Sequence[WaitingDraft]:
        query = _drafts().where(*_among(author_id, chat_id)).order_by(generations.c.id.desc())
        if ids is not None:
            query = query.where(generations.c.id.in_(ids))
        return await self._read(query.offset(offset).limit(limit))

    async def count(self, *, author_id: int | None = None, chat_id: int | None = None) -> int:
        query = select(func.count().label("total")).select_from(generations.join(briefs))
        row = await self._sql.the_row(query.where(*_waiting(), *_among(author_id, chat_id)))
        return int(row.total)

    async def due(self, now: datetime, limit: int = 500) -> Sequence[WaitingDraft]:
        somebody_was_asked = or_(briefs.c.chat_id < 0, _requests.exists())
        its_round = or_(
            *(and_(generations.c.reminders == n, since <= now - REMIND_AFTER * (n + 1)) for n in range(ROUNDS))
        )
        rested = or_(generations.c.reminded_at.is_(None), generations.c.reminded_at <= now - PAUSE)
        query = _drafts().where(somebody_was_asked, its_round, rested)
        return await self._read(query.order_by(generations.c.id).limit(limit))

    async def note_reminder(self, draft: WaitingDraft, now: datetime) -> bool:
        as_read = (
            generations.c.id == draft.id,
            generations.c.version == draft.generation.version,
            generations.c.reminders == draft.generation.reminders,
        )
        noted = update(generations).where(*as_read).values(reminders=generations.c.reminders + 1, reminded_at=now)
        return await self._sql.run(noted) == 1

    async def older_than(self, before: datetime, limit: int = 500) -> Sequence[WaitingDraft]:
        return await self._read(_drafts().where(since < before).order_by(generations.c.id).limit(limit))

    async def _read(self, query: Select[Any]) -> Sequence[WaitingDraft]:
        rows = await self._sql.rows(query)
        asked: dict[int, list[int]] = {row.id: [] for row in rows}
        known = select(review_requests.c.generation_id, review_requests.c.member_id).where(
            review_requests.c.generation_id.in_(list(asked))
        )
        for request in await self._sql.rows(known.order_by(review_requests.c.member_id)) if asked else ():
            asked[request.generation_id].append(request.member_id)
        return [_draft(row, tuple(asked[row.id])) for row in rows]


def _drafts() -> Select[Any]:
    return (
        select(
            generations,
            briefs.c.text.label("brief_text"),
            briefs.c.chat_id.label("brief_chat_id"),
            briefs.c.topic_id.label("brief_topic_id"),
            briefs.c.message_id.label("brief_message_id"),
            briefs.c.member_id.label("author_id"),
            authors.c.name.label("author"),
            askers.c.name.label("asker"),
            askers.c.telegram_id.label("asker_telegram_id"),
            since.label("since"),
        )
        .select_from(
            generations.join(briefs)
            .join(authors, authors.c.id == briefs.c.member_id)
            .join(askers, askers.c.id == generations.c.requested_by)
        )
        .where(*_waiting())
    )


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """An attempt that failed or was stopped replaces nothing: the draft before it still waits."""
    other = generations.alias("other")
    of_the_brief = select(other.c.id).where(other.c.brief_id == generations.c.brief_id)
    approved = of_the_brief.where(other.c.state == S.APPROVED)
    newer = of_the_brief.where(other.c.number > generations.c.number, other.c.state.not_in(ENDED_WITH_NOTHING))
    return generations.c.state == S.IN_REVIEW, ~approved.exists(), ~newer.exists()


def _among(author_id: int | None, chat_id: int | None) -> list[ColumnElement[bool]]:
    wanted = []
    if author_id is not None:
        wanted.append(briefs.c.member_id == author_id)
    if chat_id is not None:
        wanted.append(briefs.c.chat_id == chat_id)
    return wanted


def _draft(row: Row[Any], asked: tuple[int, ...]) -> WaitingDraft:
    return WaitingDraft(
        generation=to_generation(row),
        brief_id=row.brief_id,
        brief_text=row.brief_text,
        brief_address=ChatAddress(row.brief_chat_id, row.brief_topic_id, row.brief_message_id),
        author_id=row.author_id,
        author=row.author,
        asker=row.asker,
        asker_telegram_id=row.asker_telegram_id,
        since=row.since,
        asked=asked,
    )
