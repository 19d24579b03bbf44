import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, Message

from bot.intake.feeder import Feeder
from bot.intake.intake import Intake
from bot.intake.suspects import MAX_READINGS, MAX_TRIES_ALONE
from bot.nursery import Nursery
from services.domain.errors import StoreUnavailable
from services.store.sql_store import SqlStore
from tests.fakes.bot_session import scripted_bot
from tests.unit.bot.intake.updates import tap_update, text_update
from tests.unit.bot.waiting import until

Handle = Callable[[Message], Awaitable[object]]


class Bench:
    """An intake over a real database and a dispatcher with one handler."""

    def __init__(self, store: SqlStore, handle: Handle) -> None:
        self.store = store
        self.bot, self.session = scripted_bot()
        self.dispatcher = Dispatcher(disable_fsm=True)
        self.dispatcher.message.register(handle)
        self.nursery = Nursery()

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[Intake]:
        intake = Intake(self.store, self.bot, self.dispatcher, self.nursery)
        intake.start()
        yield intake
        await intake.close(timeout=5)
        await self.nursery.drain(1)

    async def errors(self) -> dict[int, str | None]:
        """Error code by update id, of updates that are done."""
        from sqlalchemy import select

        from services.store.tables import inbox

        async with self.store._engine.connect() as connection:
            rows = await connection.execute(select(inbox.c.update_id, inbox.c.error_code, inbox.c.done_at))
            return {row.update_id: row.error_code for row in rows if row.done_at is not None}

    async def pending(self) -> list[int]:
        async with self.store.transaction() as tx:
            return [row.update_id for row in await tx.inbox.pending(self.bot.id)]


async def test_updates_of_a_chat_are_handled_in_order(sqlite_store: SqlStore) -> None:
    seen: list[tuple[int, str | None]] = []

    async def handle(message: Message) -> None:
        await asyncio.sleep(0.001 * (message.message_id % 3))
        seen.append((message.chat.id, message.text))

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        for start in range(0, 60, 6):
            await intake.accept([text_update(n, chat_id=1 + n % 3, text=str(n)) for n in range(start, start + 6)])
        await until(lambda: len(seen) == 60, "all updates")
    for chat_id in (1, 2, 3):
        texts = [int(text or 0) for chat, text in seen if chat == chat_id]
        assert texts == sorted(texts)
    assert await bench.pending() == []


async def test_a_chat_that_waits_does_not_hold_up_the_others(sqlite_store: SqlStore) -> None:
    gate, seen = asyncio.Event(), list[int]()

    async def handle(message: Message) -> None:
        if message.chat.id == 1:
            await gate.wait()
        seen.append(message.chat.id)

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        await intake.accept([text_update(n, chat_id=1 + n) for n in range(20)])
        await until(lambda: len(seen) == 19, "the other chats")
        assert 1 not in seen
        gate.set()
        await until(lambda: 1 in seen, "the chat that waited")


async def test_a_tap_waits_for_the_command_written_before_it_in_the_same_chat(sqlite_store: SqlStore) -> None:
    seen: list[str] = []

    async def handle(message: Message) -> None:
        await asyncio.sleep(0.02)
        seen.append("command")

    async def tapped(query: CallbackQuery) -> None:
        seen.append("tap")

    bench = Bench(sqlite_store, handle)
    bench.dispatcher.callback_query.register(tapped)
    async with bench.intake() as intake:
        await intake.accept([text_update(1, chat_id=-100), tap_update(2, chat_id=-100, person_id=7)])
        await until(lambda: len(seen) == 2, "both")
    assert seen == ["command", "tap"]


async def test_the_same_update_twice_is_handled_once(sqlite_store: SqlStore) -> None:
    seen: list[int] = []

    async def handle(message: Message) -> None:
        seen.append(message.message_id)

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        await intake.accept([text_update(1), text_update(2)])
        await intake.accept([text_update(1), text_update(2), text_update(3)])
        await until(lambda: 3 in seen, "the last one")
    assert seen == [1, 2, 3]


async def test_a_handler_that_fails_is_tried_again_and_then_given_up(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Feeder.__init__, "__kwdefaults__", {"pauses": (0.001, 0.001), "handler_seconds": 5.0})
    tries: dict[int, int] = {}

    async def handle(message: Message) -> None:
        tries[message.message_id] = tries.get(message.message_id, 0) + 1
        if message.message_id == 1 or (message.message_id == 2 and tries[2] < 3):
            raise ConnectionError("gone")

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        await intake.accept([text_update(1), text_update(2), text_update(3)])
        await until(lambda: 3 in tries, "the update behind the poisonous one")
    assert tries == {1: 3, 2: 3, 3: 1}
    assert await bench.errors() == {1: "ConnectionError", 2: None, 3: None}


async def test_an_update_that_cannot_be_read_is_set_aside(sqlite_store: SqlStore) -> None:
    seen: list[int] = []

    async def handle(message: Message) -> None:
        seen.append(message.message_id)

    bench = Bench(sqlite_store, handle)
    broken = {"update_id": 1, "message": {"message_id": "?", "chat": {"id": 1}}}
    unknown = {"update_id": 2, "telepathy": {"chat": {"id": 1}, "text": "private words"}}
    async with bench.intake() as intake:
        await intake.accept([broken, unknown, text_update(3)])
        await until(lambda: 3 in seen, "the update behind the broken ones")
    assert await bench.errors() == {1: "unreadable", 2: "unknown_kind", 3: None}


async def test_what_a_former_process_left_is_handled_first(sqlite_store: SqlStore) -> None:
    seen: list[int] = []

    async def handle(message: Message) -> None:
        seen.append(message.message_id)

    bench = Bench(sqlite_store, handle)
    stopped = Intake(sqlite_store, bench.bot, bench.dispatcher, bench.nursery)
    await stopped.accept([text_update(n) for n in range(1, 6)])  # never started: as if killed after the commit
    async with bench.intake() as intake:
        await intake.accept([text_update(6)])
        await until(lambda: 6 in seen, "the new update")
    assert seen == [1, 2, 3, 4, 5, 6]


async def test_what_does_not_fit_in_memory_is_read_back_in_order(sqlite_store: SqlStore) -> None:
    seen: dict[int, list[int]] = {}
    gate = asyncio.Event()

    async def handle(message: Message) -> None:
        await gate.wait()
        seen.setdefault(message.chat.id, []).append(message.message_id)

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        intake.pump._max_in_memory = 20
        for start in range(0, 500, 10):
            await intake.accept([text_update(n, chat_id=1 + n % 7) for n in range(start, start + 10)])
        assert intake.pump.waiting <= 20
        gate.set()
        await until(lambda: sum(map(len, seen.values())) >= 500, "all updates")
        await intake.accept([text_update(1000)])
        await until(lambda: 1000 in seen[1], "an update after the flood")
    assert sorted(n for numbers in seen.values() for n in numbers) == [*range(500), 1000]
    assert all(numbers == sorted(numbers) for numbers in seen.values())


async def begun_by_the_dead(bench: Bench, times: int) -> None:
    for _ in range(times):
        async with bench.store.transaction() as tx:
            now = datetime.now(UTC)
            await tx.inbox.claim(bench.bot.id, "dead", now=now, until=now)
            await tx.inbox.disown(bench.bot.id, "dead")


async def test_what_was_begun_often_without_an_end_is_handled_alone(sqlite_store: SqlStore) -> None:
    seen, under_way, most = list[int](), set[int](), dict[int, int]()

    async def handle(message: Message) -> None:
        under_way.add(message.message_id)
        for _ in range(10):
            await asyncio.sleep(0.001)
            most.update({one: max(most.get(one, 0), len(under_way)) for one in under_way})
        under_way.discard(message.message_id)
        seen.append(message.message_id)

    bench = Bench(sqlite_store, handle)
    async with sqlite_store.transaction() as tx:
        await tx.inbox.add(bench.bot.id, [(n, n, json.dumps(text_update(n, chat_id=n))) for n in (1, 2, 3)])
    await begun_by_the_dead(bench, MAX_READINGS)
    async with sqlite_store.transaction() as tx:
        await tx.inbox.add(bench.bot.id, [(n, n, json.dumps(text_update(n, chat_id=n))) for n in (4, 5, 6)])
    async with bench.intake():
        await until(lambda: len(seen) == 6, "all updates")
    assert {one: most[one] for one in (1, 2, 3)} == {1: 1, 2: 1, 3: 1}
    assert max(most[one] for one in (4, 5, 6)) > 1
    assert await bench.errors() == dict.fromkeys(range(1, 7))


async def test_what_ended_its_process_alone_several_times_is_given_up(sqlite_store: SqlStore) -> None:
    seen: list[int] = []

    async def handle(message: Message) -> None:
        seen.append(message.message_id)

    bench = Bench(sqlite_store, handle)
    async with sqlite_store.transaction() as tx:
        await tx.inbox.add(bench.bot.id, [(1, 1, json.dumps(text_update(1)))])
    await begun_by_the_dead(bench, MAX_READINGS)
    async with sqlite_store.transaction() as tx:
        await tx.notes.put(f"inbox:alone:{bench.bot.id}:1", {"tries": MAX_TRIES_ALONE})
        await tx.inbox.add(bench.bot.id, [(2, 1, json.dumps(text_update(2)))])
    async with bench.intake() as intake:
        await intake.accept([text_update(3)])
        await until(lambda: seen == [2, 3], "the next updates")
    assert await bench.errors() == {1: "never_ended", 2: None, 3: None}


async def test_a_stop_finishes_the_update_under_way_and_keeps_the_rest(sqlite_store: SqlStore) -> None:
    began, gate, seen = asyncio.Event(), asyncio.Event(), list[int]()

    async def handle(message: Message) -> None:
        began.set()
        await gate.wait()
        seen.append(message.message_id)

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        await intake.accept([text_update(1), text_update(2)])
        await began.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(intake.close(timeout=5))
            await asyncio.sleep(0)
            gate.set()
    assert seen == [1]
    assert await bench.pending() == [2]


async def test_a_method_returned_by_a_handler_is_called(sqlite_store: SqlStore) -> None:
    async def handle(message: Message) -> SendMessage:
        return message.answer("да")

    bench = Bench(sqlite_store, handle)
    async with bench.intake() as intake:
        await intake.accept([text_update(1)])
        await until(lambda: bool(bench.session.calls), "the answer")
    assert bench.session.names == ["sendMessage"]


async def test_nothing_is_taken_when_the_store_is_away(sqlite_store: SqlStore) -> None:
    class Broken(SqlStore):
        def transaction(self) -> Any:
            raise StoreUnavailable("disk full")

    bot, _session = scripted_bot()
    intake = Intake(Broken(sqlite_store._engine), bot, Dispatcher(disable_fsm=True), Nursery())
    with pytest.raises(StoreUnavailable):
        await intake.accept([text_update(1)])
    assert intake.pump.waiting == 0
