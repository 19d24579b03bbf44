"""Several processes on one inbox: each update once, each chat in order, nothing left behind."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiogram import Dispatcher
from aiogram.types import Message

from bot.intake import pump as pump_module
from bot.intake.intake import Intake
from bot.nursery import Nursery
from bot.ownership import new_owner
from services.store.sql_store import SqlStore
from tests.fakes.bot_session import scripted_bot
from tests.unit.bot.intake.updates import text_update
from tests.unit.bot.waiting import until

Seen = list[tuple[str, int, int]]
"""Process, chat, message."""


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump_module, "LOOK_SECONDS", 0.02)


@asynccontextmanager
async def process(name: str, store: SqlStore, seen: Seen, gate: asyncio.Event | None = None) -> AsyncIterator[Intake]:
    bot, _session = scripted_bot()
    dispatcher, nursery = Dispatcher(disable_fsm=True), Nursery()

    async def handle(message: Message) -> None:
        await asyncio.sleep(0.001)
        if gate is not None:
            await gate.wait()
        seen.append((name, message.chat.id, message.message_id))

    dispatcher.message.register(handle)
    intake = Intake(store, bot, dispatcher, nursery, owner=None if name == "heir" else f"machine-{name}:1:abcdef")
    intake.start()
    yield intake
    await intake.close(timeout=5)
    await nursery.drain(1)


async def hold(store: SqlStore, owner: str, *update_ids: int, seconds: float = 30) -> None:
    """Updates that a process took and never finished."""
    bot, _session = scripted_bot()
    dispatcher = Dispatcher(disable_fsm=True)
    await Intake(store, bot, dispatcher, Nursery()).accept([text_update(n) for n in update_ids])
    now = datetime.now(UTC)
    async with store.transaction() as tx:
        assert len(await tx.inbox.claim(bot.id, owner, now=now, until=now + timedelta(seconds=seconds))) > 0


async def test_two_processes_share_the_chats_and_keep_their_order(store: SqlStore) -> None:
    seen: Seen = []
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(process(name, store, seen)) for name in ("a", "b")]
        for number in range(120):
            await both[number % 2].accept([text_update(number, chat_id=1 + number % 6)])
        await until(lambda: len(seen) >= 120, "all updates")
    assert sorted(message for _, _, message in seen) == list(range(120))
    for chat in range(1, 7):
        order = [message for _, one, message in seen if one == chat]
        assert order == sorted(order)


async def test_a_chat_that_one_process_is_at_waits_for_it(store: SqlStore) -> None:
    seen: Seen = []
    gate = asyncio.Event()
    async with process("slow", store, seen, gate) as slow, process("quick", store, seen) as quick:
        await slow.accept([text_update(1, chat_id=5)])
        await quick.accept([text_update(2, chat_id=5), text_update(3, chat_id=6)])
        await until(lambda: ("quick", 6, 3) in seen, "the other chat")
        assert len(seen) == 1
        gate.set()
        await until(lambda: len(seen) == 3, "the chat that waited")
    assert [message for _, chat, message in seen if chat == 5] == [1, 2]


async def test_what_a_killed_process_of_this_host_held_is_taken_over_at_once(sqlite_store: SqlStore) -> None:
    never_was = re.sub(r"/\d+\.", "/4194304.", new_owner())  # beyond the highest process id there can be
    await hold(sqlite_store, never_was, 1, 2)
    seen: Seen = []
    async with process("heir", sqlite_store, seen):
        await until(lambda: len(seen) == 2, "the updates of the dead")
    assert [message for _, _, message in seen] == [1, 2]


async def test_what_another_machine_held_is_taken_over_after_its_lease(sqlite_store: SqlStore) -> None:
    await hold(sqlite_store, "elsewhere:1:abcdef", 1, seconds=0.3)
    seen: Seen = []
    async with process("heir", sqlite_store, seen):
        await until(lambda: len(seen) == 1, "the update whose lease ran out")


async def test_a_process_that_slept_too_long_begins_nothing_that_was_taken_over(sqlite_store: SqlStore) -> None:
    seen: Seen = []
    gate = asyncio.Event()
    async with process("sleeper", sqlite_store, seen, gate) as sleeper:
        await sleeper.accept([text_update(1, chat_id=1), text_update(2, chat_id=1), text_update(3, chat_id=2)])
        await until(lambda: sleeper.pump.waiting == 3, "the claim")
        now = datetime.now(UTC) + timedelta(minutes=5)
        async with sqlite_store.transaction() as tx:
            taken = await tx.inbox.claim(42, "heir", now=now, until=now + timedelta(seconds=30))
        assert [row.update_id for row in taken] == [1, 2, 3]
        sleeper.pump._holding._sure_until = 0.0  # as its clock says when it wakes
        gate.set()
        await until(lambda: sleeper.pump.waiting == 0, "the end of its lanes")
    assert sorted(message for _, _, message in seen) == [1, 3], "what was under way in each chat, and nothing new"


async def test_an_update_whose_receiver_was_cancelled_after_the_commit_is_found(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.holding.LEASE", timedelta(seconds=0.2))
    seen: Seen = []
    async with process("a", sqlite_store, seen) as intake:
        lost = intake.pump.take
        monkeypatch.setattr(intake.pump, "take", lambda rows: None)
        await intake.accept([text_update(1)])
        monkeypatch.setattr(intake.pump, "take", lost)
        await until(lambda: len(seen) == 1, "the update that nobody fed")


async def test_a_process_that_stops_leaves_its_rows_to_anybody(sqlite_store: SqlStore) -> None:
    seen: Seen = []
    gate = asyncio.Event()
    async with process("leaver", sqlite_store, seen, gate) as leaver:
        await leaver.accept([text_update(1, chat_id=1), text_update(2, chat_id=1)])
        await until(lambda: leaver.pump.waiting == 2, "the claim")
        async with asyncio.TaskGroup() as group:
            group.create_task(leaver.close(timeout=5))
            await asyncio.sleep(0)
            gate.set()
    async with process("heir", sqlite_store, seen):
        await until(lambda: len(seen) == 2, "the update that was not begun")
    assert seen == [("leaver", 1, 1), ("heir", 1, 2)]
