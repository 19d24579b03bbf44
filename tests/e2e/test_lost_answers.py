"""Telegram did what it was asked, and nobody heard: through the whole house, at every position."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.domain.member import StreamTransport
from tests.e2e.house import House, cast, is_card, open_house
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of

PLACES = [
    ("sendMessage", 0),
    ("editMessageText", 0),
    ("editMessageText", 1),
    ("sendChatAction", 0),
]
DRAFT_PLACES = [("sendMessage", 0), ("editMessageText", 0), ("sendRichMessageDraft", 0)]


@asynccontextmanager
async def crowded_house(
    data_dir: Path, redis_url: str, *, answer_seconds: float = 3.0
) -> AsyncIterator[tuple[House, list[Person]]]:
    """One writer for each place, so that all places are tried at once."""
    telegram = TelegramEmulator(seed=1)
    people = cast(telegram)
    writers = [telegram.add_person(f"Writer {number}", language_code="ru") for number in range(len(PLACES))]
    async with open_house(data_dir, redis_url, telegram=telegram, people=people, members=writers) as house:
        house.model.settings.answer_seconds = answer_seconds
        yield house, writers


def finals(house: House, writer: Person) -> list[int]:
    return [message.message_id for message in house.telegram.messages(writer) if is_card(message)]


async def delivered(house: House) -> None:
    """The database knows that everything is on the screen."""
    async with asyncio.timeout(20):
        while True:
            async with house.container.store.reading() as tx:
                attempts = await tx.generations.recent(limit=100)
            if attempts and all(attempt.delivered_at for attempt in attempts):
                return
            await asyncio.sleep(0.05)


async def lose(house: House, writers: list[Person], places: list[tuple[str, int]]) -> None:
    """One brief by each writer, with one answer lost at each place."""
    faults = [
        house.telegram.faults.add(Fault("lost_answer", method, skip=position, chat_id=writer.id))
        for writer, (method, position) in zip(writers, places, strict=True)
    ]
    for writer in writers:
        await writer.says("/idea слоган для осени")
    for writer in writers:
        await writer.sees(is_card, timeout=30)
    await delivered(house)
    assert [fault for fault in faults if fault.times] == [], "every one of these answers was lost"


async def test_edits_with_each_answer_lost_in_turn(tmp_path: Path, valkey_url: str) -> None:
    # Long enough for a preview before the outcome, on slow machines too.
    async with crowded_house(tmp_path, valkey_url, answer_seconds=7.0) as (house, writers):
        await lose(house, writers, PLACES)
        assert [len(finals(house, writer)) for writer in writers] == [1] * len(writers)


async def test_native_drafts_with_each_answer_lost_in_turn(tmp_path: Path, valkey_url: str) -> None:
    async with crowded_house(tmp_path, valkey_url) as (house, everybody):
        writers = everybody[: len(DRAFT_PLACES)]
        async with house.container.store.transaction() as tx:
            for writer in writers:
                member = await tx.members.by_telegram_id(writer.id)
                assert member is not None
                await tx.members.change(member.id, stream_transport=StreamTransport.DRAFT)
        await lose(house, writers, DRAFT_PLACES)
        assert [len(finals(house, writer)) for writer in writers] == [1] * len(writers)
        strays = [
            [m for m in house.telegram.messages(writer) if text_of(m).startswith("💡") and not is_card(m)]
            for writer in writers
        ]
        assert [len(found) for found in strays] == [1, 0, 0], "a lost headline leaves one short message"


async def test_many_people_while_answers_get_lost(tmp_path: Path, valkey_url: str) -> None:
    async with crowded_house(tmp_path, valkey_url) as (house, writers):
        house.telegram.limits.configure(Limits("strict"))
        house.telegram.faults.add(Fault("lost_answer", "*Message*", times=None, probability=0.15))
        for writer in writers:
            await writer.says("/idea слоган для осени")
        for writer in writers:
            await writer.sees(is_card, timeout=60)
        await delivered(house)
        assert [len(finals(house, writer)) for writer in writers] == [1] * len(writers)
        assert not house.telegram.journal.calls(status=429)
