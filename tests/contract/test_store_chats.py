"""Chats that close, open and move."""

from dataclasses import replace

from services.domain.brief import Task
from services.domain.chat import ChatAddress, ChatKind
from services.domain.language import Language
from services.domain.turn import Turn
from services.store.ports import Store
from tests.store_rows import NOW, a_brief, a_project, an_attempt, numbers


def ids() -> tuple[int, int]:
    number = next(numbers)
    return -number, -1_000_000_000_000 - number


async def test_a_chat_closes_once_and_opens_once(store: Store) -> None:
    project, (chat_id, _) = await a_project(store), ids()
    async with store.transaction() as tx:
        assert not await tx.chats.close(chat_id), "an unknown chat has no state"
        chat = await tx.chats.ensure(chat_id, ChatKind.GROUP, "Команда", project.id)
        assert not await tx.chats.reopen(chat_id)
        assert await tx.chats.close(chat_id)
        assert not await tx.chats.close(chat_id)
    async with store.reading() as tx:
        closed = await tx.chats.get(chat_id)
    assert closed is not None
    assert closed.closed_at is not None
    async with store.transaction() as tx:
        assert await tx.chats.reopen(chat_id)
        assert not await tx.chats.reopen(chat_id)
        assert await tx.chats.get(chat_id) == chat


async def test_everything_said_in_a_group_moves_with_it(store: Store) -> None:
    project, (old, new) = await a_project(store), ids()
    brief = await a_brief(store, chat_id=old)
    attempt = await an_attempt(store, brief)
    async with store.transaction() as tx:
        await tx.chats.ensure(old, ChatKind.GROUP, "Команда", project.id)
        claimed = await tx.generations.claim(attempt.id, "me", NOW, NOW)
        assert claimed is not None
        await tx.generations.set_placeholder(attempt.id, claimed.lease_token, ChatAddress(old, None, 12))
        await tx.turns.add(Turn(brief.address, "user", "чай", NOW))
        await tx.notes.put(f"pending:{old}:0:7", {"purpose": "idea", "payload": {}})
        payload = {"generation_id": 1, "chat_id": old, "topic_id": None, "message_id": 12}
        await tx.notes.put(f"pending:{old}:0:8", {"purpose": "refine", "payload": payload})
        await tx.notes.put(f"shown:{old}:12", {"generation_id": attempt.id})
        await tx.notes.put(f"pending:{old}1:0:7", {"purpose": "ask", "payload": {}})
    async with store.transaction() as tx:
        assert await tx.chats.move(old, new)
        assert not await tx.chats.move(old, new), "the second message about it finds nothing to move"
    async with store.reading() as tx:
        assert await tx.chats.get(old) is None
        moved = await tx.chats.get(new)
        assert moved is not None
        assert (moved.kind, moved.title, moved.project_id) == (ChatKind.SUPERGROUP, "Команда", project.id)
        assert await tx.briefs.get(brief.id) == replace(brief, address=ChatAddress(new))
        generation = await tx.generations.get(attempt.id)
        assert generation is not None
        assert generation.placeholder is None, "message ids do not come along"
        assert [turn.content for turn in await tx.turns.recent(new, None)] == ["чай"]
        assert await tx.notes.get(f"pending:{new}:0:7") == {"purpose": "idea", "payload": {}}
        refine = await tx.notes.get(f"pending:{new}:0:8")
        assert refine is not None
        assert refine["payload"] == {"generation_id": 1, "chat_id": new, "topic_id": None, "message_id": None}
        assert await tx.notes.get(f"shown:{old}:12") is None
        assert await tx.notes.get(f"pending:{old}:0:7") is None
        assert await tx.notes.get(f"pending:{old}1:0:7") is not None, "another chat that begins with the same digits"


async def test_a_brief_in_the_new_group_is_not_taken_for_one_of_the_old(store: Store) -> None:
    old, new = ids()
    brief = await a_brief(store, chat_id=old)
    async with store.transaction() as tx:
        await tx.chats.move(old, new)
        same_number = ChatAddress(new, None, brief.address.message_id)
        values = {"project_id": brief.project_id, "member_id": brief.member_id, "language": Language.RUSSIAN}
        _, is_new = await tx.briefs.add(Task.IDEA, same_number, text="другой", **values)  # type: ignore[arg-type]
    assert is_new


async def test_the_brand_of_the_old_group_wins_over_the_default_of_the_new(store: Store) -> None:
    chosen, default = await a_project(store), await a_project(store)
    old, new = ids()
    async with store.transaction() as tx:
        await tx.chats.ensure(old, ChatKind.GROUP, "Команда", chosen.id)
        await tx.chats.ensure(new, ChatKind.SUPERGROUP, "Команда", default.id)
        assert await tx.chats.move(old, new)
        await tx.chats.ensure(old, ChatKind.GROUP, "Команда", default.id)  # an update that was on its way
        assert await tx.chats.move(old, new)
        moved = await tx.chats.get(new)
    assert moved is not None
    assert (moved.project_id, moved.closed_at) == (chosen.id, None)


async def test_a_question_asked_in_the_new_group_is_the_newer_one(store: Store) -> None:
    old, new = ids()
    async with store.transaction() as tx:
        await tx.notes.put(f"pending:{old}:0:7", {"purpose": "idea", "payload": {}})
        await tx.notes.put(f"pending:{new}:0:7", {"purpose": "ask", "payload": {}})
        await tx.chats.move(old, new)
        assert await tx.notes.get(f"pending:{new}:0:7") == {"purpose": "ask", "payload": {}}
        assert await tx.notes.get(f"pending:{old}:0:7") is None
