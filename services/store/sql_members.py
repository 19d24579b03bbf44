"""People and their rights."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role, StreamTransport, VoiceReplies
from services.store.sql_connection import SqlRepository
from services.store.tables import members


class SqlMembers(SqlRepository):
    async def by_telegram_id(self, telegram_id: int) -> Member | None:
        row = await self._sql.row(select(members).where(members.c.telegram_id == telegram_id))
        return _member(row) if row else None

    async def get(self, member_id: int) -> Member | None:
        row = await self._sql.row(select(members).where(members.c.id == member_id))
        return _member(row) if row else None

    async def add(
        self, telegram_id: int, name: str, username: str | None, *, role: Role, status: MemberStatus
    ) -> Member:
        row = await self._sql.row(
            self._sql.insert(members)
            .values(
                telegram_id=telegram_id,
                name=name,
                username=username,
                role=role,
                status=status,
                stream_transport=StreamTransport.EDIT,
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["telegram_id"])
            .returning(members)
        )
        if row is None:
            row = await self._sql.the_row(select(members).where(members.c.telegram_id == telegram_id))
        return _member(row)

    async def change(
        self,
        member_id: int,
        *,
        role: Role | None = None,
        status: MemberStatus | None = None,
        language: Language | None = None,
        stream_transport: StreamTransport | None = None,
        voice_replies: VoiceReplies | None = None,
    ) -> Member:
        given = {
            "role": role,
            "status": status,
            "language": language,
            "stream_transport": stream_transport,
            "voice_replies": voice_replies,
        }
        values = {column: value for column, value in given.items() if value is not None}
        if not values:
            return _member(await self._sql.the_row(select(members).where(members.c.id == member_id)))
        changed = update(members).where(members.c.id == member_id).values(values).returning(members)
        return _member(await self._sql.the_row(changed))

    async def seen(self, member_id: int, name: str, username: str | None, client_language: Language | None) -> Member:
        today = {"name": name, "username": username, "client_language": client_language}
        return _member(
            await self._sql.the_row(update(members).where(members.c.id == member_id).values(today).returning(members))
        )

    async def settle_request(self, member_id: int, status: MemberStatus) -> Member | None:
        row = await self._sql.row(
            update(members)
            .where(members.c.id == member_id, members.c.status == MemberStatus.REQUESTED)
            .values(status=status)
            .returning(members)
        )
        return _member(row) if row else None

    async def list(self, *, status: MemberStatus | None = None, role: Role | None = None) -> Sequence[Member]:
        query = select(members).order_by(members.c.id)
        if status is not None:
            query = query.where(members.c.status == status)
        if role is not None:
            query = query.where(members.c.role == role)
        return [_member(row) for row in await self._sql.rows(query)]


def _member(row: Row[Any]) -> Member:
    return Member(
        id=row.id,
        telegram_id=row.telegram_id,
        name=row.name,
        username=row.username,
        role=row.role,
        status=row.status,
        language=row.language,
        stream_transport=row.stream_transport,
        voice_replies=row.voice_replies,
        created_at=row.created_at,
        client_language=row.client_language,
    )
