"""Announcements and how far they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Update, case, func, select, update

from services.domain.broadcast import Audience, Broadcast, BroadcastCounts, BroadcastState
from services.domain.chat import ChatAddress, ChatKind
from services.domain.delivery import DeliveryState
from services.domain.member import MemberStatus, Role
from services.store.sql_connection import SqlRepository
from services.store.sql_deliveries import CHAT_CLOSED
from services.store.tables import broadcasts, chats, deliveries, members

_GROUPS = (ChatKind.GROUP, ChatKind.SUPERGROUP)
_APPROVERS = (Role.APPROVER, Role.ADMIN)


class SqlBroadcasts(SqlRepository):
    async def add(self, author_id: int, source: ChatAddress, audience: Audience) -> Broadcast:
        added = (
            self._sql.insert(broadcasts)
            .values(
                author_id=author_id,
                source_chat_id=source.chat_id,
                source_message_id=source.message_id,
                audience=audience,
                state=BroadcastState.DRAFT,
                total=0,
                created_at=self._sql.now(),
            )
            .returning(broadcasts)
        )
        return _broadcast(await self._sql.the_row(added))

    async def get(self, broadcast_id: int) -> Broadcast | None:
        row = await self._sql.row(select(broadcasts).where(broadcasts.c.id == broadcast_id))
        return _broadcast(row) if row else None

    async def addressees(self, audience: Audience, author_id: int) -> Sequence[ChatAddress]:
        return [ChatAddress(row.chat_id) for row in await self._sql.rows(_addressees(audience, author_id))]

    async def choose(self, broadcast_id: int, audience: Audience) -> Broadcast | None:
        return await self._change(_of(broadcast_id, BroadcastState.DRAFT).values(audience=audience))

    async def start(self, broadcast_id: int, progress: ChatAddress, total: int, now: datetime) -> Broadcast | None:
        return await self._change(
            _of(broadcast_id, BroadcastState.DRAFT).values(
                state=BroadcastState.RUNNING,
                total=total,
                started_at=now,
                progress_chat_id=progress.chat_id,
                progress_message_id=progress.message_id,
            )
        )

    async def discard(self, broadcast_id: int, now: datetime) -> Broadcast | None:
        ended = _of(broadcast_id, BroadcastState.DRAFT).values(state=BroadcastState.STOPPED, finished_at=now)
        return await self._change(ended)

    async def stop(self, broadcast_id: int) -> Broadcast | None:
        return await self._change(_of(broadcast_id, BroadcastState.RUNNING).values(state=BroadcastState.STOPPED))

    async def unfinished(self) -> Sequence[Broadcast]:
        query = (
            select(broadcasts)
            .where(
                broadcasts.c.state.in_((BroadcastState.RUNNING, BroadcastState.STOPPED)),
                broadcasts.c.finished_at.is_(None),
            )
            .order_by(broadcasts.c.id)
        )
        return [_broadcast(row) for row in await self._sql.rows(query)]

    async def finish(self, broadcast_id: int, now: datetime) -> Broadcast | None:
        ended = _of(broadcast_id, BroadcastState.RUNNING, BroadcastState.STOPPED).where(
            broadcasts.c.finished_at.is_(None)
        )
        done = case((broadcasts.c.state == BroadcastState.RUNNING, BroadcastState.DONE.value), else_=broadcasts.c.state)
        return await self._change(ended.values(state=done, finished_at=now))

    async def counts(self, broadcast_id: int, since: datetime) -> BroadcastCounts:
        blocked = case((deliveries.c.error_code == CHAT_CLOSED, 1), else_=0).label("blocked")
        lately = func.sum(case((deliveries.c.settled_at > since, 1), else_=0)).label("lately")
        last = func.max(deliveries.c.settled_at).label("last")
        query = (
            select(deliveries.c.state, blocked, func.count().label("total"), lately, last)
            .where(deliveries.c.broadcast_id == broadcast_id)
            .group_by(deliveries.c.state, blocked)
        )
        rows, cancelled = await self._sql.rows(query), DeliveryState.CANCELLED
        found = {(row.state, bool(row.blocked)): int(row.total) for row in rows}

        def of(*states: DeliveryState) -> int:
            return sum(total for (state, _), total in found.items() if state in states)

        return BroadcastCounts(
            sent=of(DeliveryState.SENT),
            waiting=of(DeliveryState.NEW, DeliveryState.SENDING),
            blocked=found.get((DeliveryState.DEAD, True), 0),
            failed=found.get((DeliveryState.DEAD, False), 0),
            uncertain=of(DeliveryState.UNCERTAIN),
            cancelled=of(cancelled),
            lately=sum(int(row.lately) for row in rows if row.state is not cancelled),
            settled_at=max((row.last for row in rows if row.last and row.state is not cancelled), default=None),
        )

    async def _change(self, statement: Update) -> Broadcast | None:
        row = await self._sql.row(statement.returning(broadcasts))
        return _broadcast(row) if row else None


def _of(broadcast_id: int, *states: BroadcastState) -> Update:
    return update(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.state.in_(states))


def _addressees(audience: Audience, author_id: int) -> Select[tuple[int]]:
    if audience is Audience.GROUPS:
        return (
            select(chats.c.id.label("chat_id"))
            .where(chats.c.kind.in_(_GROUPS), chats.c.closed_at.is_(None))
            .order_by(chats.c.id)
        )
    closed = select(chats.c.id).where(chats.c.id == members.c.telegram_id, chats.c.closed_at.is_not(None))
    people = (
        select(members.c.telegram_id.label("chat_id"))
        .where(members.c.status == MemberStatus.ACTIVE, members.c.id != author_id, ~closed.exists())
        .order_by(members.c.id)
    )
    return people.where(members.c.role.in_(_APPROVERS)) if audience is Audience.APPROVERS else people


def _broadcast(row: Row[Any]) -> Broadcast:
    progress = None if row.progress_chat_id is None else ChatAddress(row.progress_chat_id)
    return Broadcast(
        id=row.id,
        author_id=row.author_id,
        source=ChatAddress(row.source_chat_id, message_id=row.source_message_id),
        audience=row.audience,
        state=row.state,
        total=row.total,
        progress=None if progress is None else progress.at(row.progress_message_id),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
