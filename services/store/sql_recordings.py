"""Recordings and the pieces they were cut into."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Unpack

from sqlalchemy import Select, Update, and_, func, literal, or_, select, text, update
from sqlalchemy import delete as sql_delete

from services.domain.chat import ChatAddress
from services.domain.recording import AT_WORK, OVER, TRANSITIONS, NewRecording, Piece, Recording, RecordingState
from services.domain.transcript import Transcript
from services.store.ports_voice import PieceCounts, RecordingChanges
from services.store.recording_row import as_json, column_values, to_piece, to_recording
from services.store.sql_connection import SqlRepository
from services.store.tables_voice import BEHIND, KEPT, UNFINISHED, recording_digests, recording_pieces, recordings

_FROM = {to: [state for state, following in TRANSITIONS.items() if to in following] for to in RecordingState}
_R = recordings.c


class SqlRecordings(SqlRepository):
    async def add(self, new: NewRecording) -> tuple[Recording, bool]:
        row = await self._sql.row(
            self._sql.insert(recordings)
            .values(
                member_id=new.member_id,
                project_id=new.project_id,
                chat_id=new.address.chat_id,
                topic_id=new.address.topic_id,
                message_id=new.address.message_id,
                kind=new.kind,
                state=RecordingState.RECEIVED,
                version=1,
                shown_version=0,
                language=new.language,
                file_id=new.file_id,
                file_name=new.file_name,
                mime_type=new.mime_type,
                size_bytes=new.size_bytes,
                duration_ms=new.duration_ms,
                is_long=new.is_long,
                request=as_json(new.request),
                text="",
                is_corrected=False,
                error_facts={},
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["chat_id", "message_id"])
            .returning(recordings)
        )
        if row is not None:
            return to_recording(row), True
        known = select(recordings).where(_R.chat_id == new.address.chat_id, _R.message_id == new.address.message_id)
        return to_recording(await self._sql.the_row(known)), False

    async def get(self, recording_id: int) -> Recording | None:
        return await self._one(select(recordings).where(_R.id == recording_id))

    async def lock(self, recording_id: int) -> Recording | None:
        return await self._one(select(recordings).where(_R.id == recording_id).with_for_update())

    async def carried_by(self, chat_id: int, message_id: int) -> Recording | None:
        return await self._one(select(recordings).where(_R.chat_id == chat_id, _R.message_id == message_id))

    async def shown_by(self, screen: ChatAddress) -> Recording | None:
        query = select(recordings).where(_R.screen_chat_id == screen.chat_id, _R.screen_message_id == screen.message_id)
        return await self._one(query)

    async def advance(
        self,
        recording_id: int,
        to: RecordingState,
        *,
        expected_version: int | None = None,
        **changes: Unpack[RecordingChanges],
    ) -> Recording | None:
        guarded = _guarded(recording_id, expected_version).where(_R.state.in_(_FROM[to]))
        ended = {"finished_at": self._sql.now()} if to in OVER else {}
        return await self._one(guarded.values(state=to, **ended, **column_values(dict(changes))))

    async def change(
        self, recording_id: int, *, expected_version: int | None = None, **changes: Unpack[RecordingChanges]
    ) -> Recording | None:
        return await self._one(_guarded(recording_id, expected_version).values(**column_values(dict(changes))))

    async def place(self, recording_id: int, screen: ChatAddress, *, instead_of: ChatAddress | None = None) -> bool:
        known = [screen] if instead_of is None else [screen, instead_of]
        free = or_(
            _R.screen_message_id.is_(None),
            *(and_(_R.screen_chat_id == one.chat_id, _R.screen_message_id == one.message_id) for one in known),
        )
        placed = (
            update(recordings)
            .where(_R.id == recording_id, free)
            .values(screen_chat_id=screen.chat_id, screen_topic_id=screen.topic_id, screen_message_id=screen.message_id)
        )
        return await self._sql.run(placed) == 1

    async def shown(self, recording_id: int, version: int) -> bool:
        row = await self._sql.row(
            update(recordings)
            .where(_R.id == recording_id, _R.shown_version <= version)
            .values(shown_version=version)
            .returning(_R.version)
        )
        return row is not None and row.version == version

    async def to_do(self, *, is_long: bool | None, now: datetime) -> Sequence[Recording]:
        waiting = _R.state == RecordingState.WAITING  # the index of the few is found by the states it is ordered by
        due = or_(_R.state.in_(AT_WORK), and_(waiting, _R.start_at <= now))
        query = select(recordings).where(text(UNFINISHED), due).order_by(_R.id)
        return await self._many(query if is_long is None else query.where(_R.is_long == is_long))

    async def not_wanted(self) -> Sequence[int]:
        done_with = _R.state.in_((RecordingState.CANCELLED, RecordingState.SILENT))
        few = _R.created_at > datetime(1970, 1, 1, tzinfo=UTC)  # always true: makes SQLite look into the index of KEPT
        query = select(_R.id).where(text(KEPT), few, done_with)
        return [row.id for row in await self._sql.rows(query.order_by(_R.created_at))]

    async def cancelled(self, recording_ids: Collection[int]) -> Sequence[int]:
        query = select(_R.id).where(_R.id.in_(recording_ids), _R.state == RecordingState.CANCELLED)
        return [row.id for row in await self._sql.rows(query)] if recording_ids else []

    async def failed_with(self, error_code: str, limit: int) -> Sequence[Recording]:
        failed = select(recordings).where(_R.state == RecordingState.FAILED, _R.error_code == error_code)
        return await self._many(failed.order_by(_R.id.desc()).limit(limit))

    async def forget_file(self, recording_id: int) -> None:
        await self._sql.run(update(recordings).where(_R.id == recording_id).values(file_key=None))

    async def behind(self, limit: int = 100) -> Sequence[Recording]:
        few = select(recordings).where(text(BEHIND), _R.version > 0)  # always true: makes SQLite look into their index
        return await self._many(few.order_by(_R.created_at, _R.id).limit(limit))

    async def open_in(self, chat_id: int, topic_id: int | None, member_id: int) -> Sequence[Recording]:
        query = select(recordings).where(
            text(UNFINISHED),
            _R.chat_id == chat_id,
            _R.topic_id.is_(None) if topic_id is None else _R.topic_id == topic_id,
            _R.member_id == member_id,
        )
        return await self._many(query.order_by(_R.id))

    async def cut(self, pieces: Sequence[Piece]) -> None:
        recording_id = pieces[0].recording_id
        heard = select(literal(1)).where(
            recording_pieces.c.recording_id == recording_id, recording_pieces.c.heard_at.is_not(None)
        )
        if await self._sql.row(heard.limit(1)) is not None:
            return
        await self._sql.run(sql_delete(recording_pieces).where(recording_pieces.c.recording_id == recording_id))
        await self._sql.run(
            self._sql.insert(recording_pieces),
            [
                {
                    "recording_id": piece.recording_id,
                    "number": piece.number,
                    "start_ms": piece.start_ms,
                    "end_ms": piece.end_ms,
                    "file_key": piece.file_key,
                }
                for piece in pieces
            ],
        )

    async def pieces(self, recording_id: int) -> Sequence[Piece]:
        query = select(recording_pieces).where(recording_pieces.c.recording_id == recording_id)
        return [to_piece(row) for row in await self._sql.rows(query.order_by(recording_pieces.c.number))]

    async def hear(self, recording_id: int, number: int, transcript: Transcript) -> bool:
        heard = (
            update(recording_pieces)
            .where(
                recording_pieces.c.recording_id == recording_id,
                recording_pieces.c.number == number,
                recording_pieces.c.heard_at.is_(None),
            )
            .values(transcript=as_json(transcript), heard_at=self._sql.now())
        )
        return await self._sql.run(heard) == 1

    async def counts(self, recording_id: int) -> PieceCounts:
        heard = recording_pieces.c.heard_at.is_not(None)
        length = recording_pieces.c.end_ms - recording_pieces.c.start_ms
        row = await self._sql.the_row(
            select(
                func.count().label("total"),
                func.count(recording_pieces.c.heard_at).label("heard"),
                func.coalesce(func.sum(length), 0).label("total_ms"),
                func.coalesce(func.sum(length).filter(heard), 0).label("heard_ms"),
                func.min(recording_pieces.c.heard_at).label("first_heard_at"),
                func.max(recording_pieces.c.heard_at).label("last_heard_at"),
            ).where(recording_pieces.c.recording_id == recording_id)
        )
        lengths = int(row.total_ms), int(row.heard_ms)
        return PieceCounts(row.total, row.heard, *lengths, row.first_heard_at, row.last_heard_at)

    async def put_digest(self, recording_id: int, number: int, body: dict[str, Any]) -> None:
        await self._sql.run(
            self._sql.insert(recording_digests)
            .values(recording_id=recording_id, number=number, body=body)
            .on_conflict_do_nothing(index_elements=["recording_id", "number"])
        )

    async def digests(self, recording_id: int) -> dict[int, dict[str, Any]]:
        query = select(recording_digests).where(recording_digests.c.recording_id == recording_id)
        return {row.number: row.body for row in await self._sql.rows(query.order_by(recording_digests.c.number))}

    async def with_files_before(self, before: datetime, limit: int = 100) -> Sequence[Recording]:
        query = select(recordings).where(_R.created_at < before, text(KEPT), _R.state.not_in(AT_WORK))
        return await self._many(query.order_by(_R.created_at, _R.id).limit(limit))

    async def _one(self, statement: Any) -> Recording | None:
        row = await self._sql.row(statement)
        return to_recording(row) if row else None

    async def _many(self, query: Select[Any]) -> Sequence[Recording]:
        return [to_recording(row) for row in await self._sql.rows(query)]


def _guarded(recording_id: int, expected_version: int | None) -> Any:
    changed: Update = update(recordings).where(_R.id == recording_id).values(version=_R.version + 1)
    if expected_version is not None:
        changed = changed.where(_R.version == expected_version)
    return changed.returning(recordings)
