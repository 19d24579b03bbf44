"""Night runs and their lines."""

from collections.abc import Sequence
from typing import Any, Unpack

from sqlalchemy import Select, Update, func, select, text, update

from services.domain.batch import (
    OVER,
    TRANSITIONS,
    Batch,
    BatchLine,
    BatchState,
    LineCounts,
    LinePrompt,
    LineState,
    NewBatch,
)
from services.domain.chat import ChatAddress
from services.domain.idea import Draft
from services.store.batch_row import prompt_columns, to_batch, to_line
from services.store.draft_json import draft_to_json
from services.store.ports_batches import BatchChanges
from services.store.sql_connection import SqlRepository
from services.store.tables_batches import AT_WORK, batch_lines, batches
from services.store.tables_operation import model_calls

_FROM = {to: [state for state, following in TRANSITIONS.items() if to in following] for to in BatchState}
_B, _L = batches.c, batch_lines.c


class SqlBatches(SqlRepository):
    async def add(self, new: NewBatch) -> tuple[Batch, bool]:
        row = await self._sql.row(
            self._sql.insert(batches)
            .values(
                key=new.key,
                member_id=new.member_id,
                project_id=new.project_id,
                chat_id=new.address.chat_id,
                topic_id=new.address.topic_id,
                message_id=new.address.message_id,
                file_name=new.file_name,
                language=new.language,
                state=BatchState.RECEIVED,
                version=1,
                total=len(new.lines),
                skipped=[[line.number, line.reason.value] for line in new.skipped],
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["chat_id", "message_id"])
            .returning(batches)
        )
        if row is None:
            known = select(batches).where(_B.chat_id == new.address.chat_id, _B.message_id == new.address.message_id)
            return to_batch(await self._sql.the_row(known)), False
        lines = [
            {"batch_id": row.id, "number": line.number, "text": line.text, "state": LineState.WAITING}
            for line in new.lines
        ]
        if lines:
            await self._sql.run(self._sql.insert(batch_lines), lines)
        return to_batch(row), True

    async def get(self, batch_id: int) -> Batch | None:
        return await self._one(select(batches).where(_B.id == batch_id))

    async def lock(self, batch_id: int) -> Batch | None:
        return await self._one(select(batches).where(_B.id == batch_id).with_for_update())

    async def at_work(self) -> Sequence[Batch]:
        query = select(batches).where(text(AT_WORK)).order_by(_B.id)
        return [to_batch(row) for row in await self._sql.rows(query)]

    async def advance(
        self, batch_id: int, to: BatchState, *, expected_version: int | None = None, **changes: Unpack[BatchChanges]
    ) -> Batch | None:
        moved = update(batches).where(_B.id == batch_id, _B.state.in_(_FROM[to]))
        if expected_version is not None:
            moved = moved.where(_B.version == expected_version)
        ended = {"finished_at": self._sql.now()} if to in OVER else {}
        return await self._one(moved.values(state=to, version=_B.version + 1, **ended, **changes).returning(batches))

    async def change(self, batch_id: int, **changes: Unpack[BatchChanges]) -> Batch | None:
        changed = update(batches).where(_B.id == batch_id, _B.state.not_in(OVER))
        return await self._one(changed.values(version=_B.version + 1, **changes).returning(batches))

    async def place(self, batch_id: int, screen: ChatAddress) -> Batch | None:
        placed = update(batches).where(_B.id == batch_id, _B.screen_message_id.is_(None))
        at = {
            "screen_chat_id": screen.chat_id,
            "screen_topic_id": screen.topic_id,
            "screen_message_id": screen.message_id,
        }
        return await self._one(placed.values(at).returning(batches))

    async def unprepared(self, batch_id: int, limit: int) -> Sequence[BatchLine]:
        bare = _waiting(batch_id).where(_L.prompt_name.is_(None))
        return [to_line(row) for row in await self._sql.rows(bare.order_by(_L.number).limit(limit))]

    async def prepare(self, batch_id: int, number: int, prompt: LinePrompt) -> bool:
        bare = _line(batch_id, number).where(_L.prompt_name.is_(None))
        return await self._sql.run(bare.values(prompt_columns(prompt))) == 1

    async def ask_again(self, batch_id: int, key: str, without: str) -> Batch | None:
        again = update(batches).where(_B.id == batch_id, _B.state == BatchState.SUBMITTED, _B.cancel_reason.is_(None))
        fresh = {"file_id": None, "provider_id": None, "submitted_at": None, "done": 0}
        rows = await self._sql.rows(_waiting(batch_id))
        bodies = {row.number: row.body for row in rows if without in (row.body or {})}
        if not bodies:
            return None
        batch = await self._one(
            again.values(state=BatchState.CONFIRMED, key=key, version=_B.version + 1, **fresh).returning(batches)
        )
        for number, body in bodies.items() if batch is not None else ():
            kept = {name: value for name, value in body.items() if name != without}
            await self._sql.run(_line(batch_id, number).values(body=kept))
        return batch

    async def lines(self, batch_id: int) -> Sequence[BatchLine]:
        query = select(batch_lines).where(_L.batch_id == batch_id).order_by(_L.number)
        return [to_line(row) for row in await self._sql.rows(query)]

    async def end_line(
        self,
        batch_id: int,
        number: int,
        to: LineState,
        *,
        draft: Draft | None = None,
        error_code: str | None = None,
    ) -> BatchLine | None:
        ended = _line(batch_id, number).values(
            state=to, draft=None if draft is None else draft_to_json(draft), error_code=error_code
        )
        row = await self._sql.row(ended.returning(batch_lines))
        return None if row is None else to_line(row)

    async def note_call(self, batch_id: int, number: int, call_id: int) -> None:
        one = update(batch_lines).where(_L.batch_id == batch_id, _L.number == number)
        await self._sql.run(one.values(call_id=call_id))

    async def end_rest(self, batch_id: int, to: LineState) -> int:
        ended = update(batch_lines).where(_L.batch_id == batch_id, _L.state == LineState.WAITING).values(state=to)
        return sum(row.most_microusd for row in await self._sql.rows(ended.returning(_L.most_microusd)))

    async def sums(self, batch_id: int) -> tuple[int, int, int]:
        query = select(
            func.coalesce(func.sum(_L.likely_microusd), 0).label("likely"),
            func.coalesce(func.sum(_L.most_microusd), 0).label("most"),
            func.coalesce(func.sum(_L.now_microusd), 0).label("now"),
        )
        row = await self._sql.the_row(query.where(_L.batch_id == batch_id, _L.state == LineState.WAITING))
        return int(row.likely), int(row.most), int(row.now)

    async def counts(self, batch_id: int) -> LineCounts:
        states = select(_L.state, func.count().label("number")).where(_L.batch_id == batch_id).group_by(_L.state)
        number = {row.state: int(row.number) for row in await self._sql.rows(states)}
        paid = select(
            func.coalesce(func.sum(model_calls.c.cost_microusd), 0).label("spent"),
            func.count().filter(model_calls.c.cost_microusd.is_(None)).label("unknown"),
        ).select_from(batch_lines.join(model_calls, _L.call_id == model_calls.c.id))
        money = await self._sql.the_row(paid.where(_L.batch_id == batch_id))
        return LineCounts(
            answered=number.get(LineState.ANSWERED, 0),
            failed=number.get(LineState.FAILED, 0),
            expired=number.get(LineState.EXPIRED, 0),
            cancelled=number.get(LineState.CANCELLED, 0),
            spent_microusd=int(money.spent),
            unknown_price=int(money.unknown),
        )

    async def forget_prompts(self, batch_id: int) -> None:
        await self._sql.run(update(batch_lines).where(_L.batch_id == batch_id).values(body=None))

    async def _one(self, statement: "Select[Any] | Any") -> Batch | None:
        row = await self._sql.row(statement)
        return None if row is None else to_batch(row)


def _waiting(batch_id: int) -> Select[Any]:
    return select(batch_lines).where(_L.batch_id == batch_id, _L.state == LineState.WAITING)


def _line(batch_id: int, number: int) -> Update:
    return update(batch_lines).where(_L.batch_id == batch_id, _L.number == number, _L.state == LineState.WAITING)
