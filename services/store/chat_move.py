"""A group becomes a supergroup: everything said there belongs to the new chat id.

Message ids do not come along: the supergroup counts its messages anew, so an old number would mean somebody else's
message, and a brief written there would be taken for one that is known. They are forgotten.
https://core.telegram.org/bots/api#message (migrate_to_chat_id)
"""

from typing import Any

from sqlalchemy import delete, exists, select, update

from services.domain.budget import BudgetScope
from services.store.chat_money_move import move_money
from services.store.sql_connection import SqlConnection
from services.store.tables import briefs, broadcasts, generations, notes, turns
from services.store.tables_batches import batches
from services.store.tables_learning import lessons
from services.store.tables_money import budgets
from services.store.tables_voice import recordings

PENDING = "pending:{}:"
"""Questions that wait for a person's next message; the rest of the key is the topic and the person."""
MOVED = "moved:{}"
"""Where a group went."""
SHOWN = "shown:{}:"
"""Which attempt a message shows; the rest of the key is the message."""


async def note_move(sql: SqlConnection, old: int, new: int) -> bool:
    """True the first time."""
    note = {"key": MOVED.format(old), "value": {"to": new}, "updated_at": sql.now()}
    return await sql.run(sql.insert(notes).values(**note).on_conflict_do_nothing(index_elements=["key"])) == 1


async def move_rows(sql: SqlConnection, old: int, new: int) -> int:
    """Rows that were changed; 0 the second time."""
    moved = [
        await sql.run(update(briefs).where(briefs.c.chat_id == old).values(chat_id=new, message_id=None)),
        await sql.run(update(turns).where(turns.c.chat_id == old).values(chat_id=new, message_id=None)),
        await sql.run(
            update(generations)
            .where(generations.c.reply_to_chat_id == old)
            .values(reply_to_chat_id=new, reply_to_message_id=None)
        ),
        await sql.run(
            update(generations)
            .where(generations.c.placeholder_chat_id == old)
            .values(placeholder_chat_id=None, placeholder_topic_id=None, placeholder_message_id=None, continuation=None)
        ),
        await sql.run(
            update(broadcasts)
            .where(broadcasts.c.progress_chat_id == old)
            .values(progress_chat_id=None, progress_message_id=None)
        ),
        await sql.run(update(broadcasts).where(broadcasts.c.source_chat_id == old).values(source_chat_id=new)),
        await _move_files(sql, old, new),
        # A night run is paid by the chat that it was asked for in, under its old id, as calls under way are.
        await sql.run(
            update(batches)
            .where(batches.c.screen_chat_id == old)
            .values(screen_chat_id=None, screen_topic_id=None, screen_message_id=None)
        ),
        await sql.run(delete(notes).where(notes.c.key.startswith(SHOWN.format(old)))),
        await _move_questions(sql, old, new),
        await _move_budgets(sql, old, new),
        await move_money(sql, old, new),
    ]
    return sum(moved)


async def _move_files(sql: SqlConnection, old: int, new: int) -> int:
    """Recordings and documents that were sent there."""
    moved = [
        await sql.run(update(recordings).where(recordings.c.chat_id == old).values(chat_id=new, message_id=None)),
        await sql.run(
            update(recordings)
            .where(recordings.c.screen_chat_id == old)
            .values(screen_chat_id=None, screen_topic_id=None, screen_message_id=None)
        ),
        await sql.run(
            update(lessons)
            .where(lessons.c.chat_id == old)
            .values(chat_id=new, message_id=None, screen_message_id=None, shown_version=0)
        ),
    ]
    return sum(moved)


async def _move_questions(sql: SqlConnection, old: int, new: int) -> int:
    before, after = PENDING.format(old), PENDING.format(new)
    rows = await sql.rows(select(notes).where(notes.c.key.startswith(before)))
    for row in rows:
        await sql.run(delete(notes).where(notes.c.key == row.key))
        if row.value.get("is_answered"):
            continue  # kept for the case that its answer comes again, and the answer's number means nothing there
        values = {"value": _moved(row.value, old, new), "updated_at": row.updated_at}
        key = after + row.key.removeprefix(before)
        # A question asked in the new chat already is the newer one.
        await sql.run(sql.insert(notes).values(key=key, **values).on_conflict_do_nothing(index_elements=["key"]))
    return len(rows)


async def _move_budgets(sql: SqlConnection, old: int, new: int) -> int:
    """A limit of its own holds there, too."""
    await sql.line_up("budgets")
    other = budgets.alias("other")
    set_there = exists().where(
        other.c.scope == budgets.c.scope, other.c.scope_id == new, other.c.period == budgets.c.period
    )
    of_chat = (budgets.c.scope == BudgetScope.CHAT) & (budgets.c.scope_id == old)
    return await sql.run(update(budgets).where(of_chat, ~set_there).values(scope_id=new))


def _moved(question: dict[str, Any], old: int, new: int) -> dict[str, Any]:
    payload = question.get("payload", {})
    if payload.get("chat_id") != old:
        return question
    return {**question, "payload": {**payload, "chat_id": new, "message_id": None}}
