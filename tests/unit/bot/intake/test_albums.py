"""An album is one turn, however its parts arrive."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest
from aiogram import Dispatcher
from aiogram.types import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.intake.intake import Intake
from bot.intake.raw_update import RawUpdate
from bot.nursery import Nursery
from services.store.sql_store import SqlStore
from tests.fakes.bot_session import scripted_bot
from tests.unit.bot.intake.updates import picture_update, sound_update, text_update
from tests.unit.bot.waiting import until

QUIET = 0.15
CAPTION = "/idea по этим картинкам"


@dataclass
class Gallery:
    """An intake whose handler remembers the turns: the words, and the message ids that came along."""

    store: SqlStore
    turns: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bot, _session = scripted_bot()
        self.dispatcher = Dispatcher(disable_fsm=True)

        async def handle(message: Message, album: tuple[Message, ...]) -> None:
            self.turns.append((message.caption or message.text or "", tuple(part.message_id for part in album)))

        self.dispatcher.message.register(handle)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Intake]:
        nursery = Nursery()
        intake = self.closed(nursery)
        intake.start()
        yield intake
        await intake.close(timeout=5)
        await nursery.drain(1)

    def closed(self, nursery: Nursery | None = None) -> Intake:
        """A process that only stores: as if it were killed after each commit."""
        intake = Intake(self.store, self.bot, self.dispatcher, nursery or Nursery())
        intake.pump._albums._quiet_seconds = QUIET
        return intake

    async def pending(self) -> list[int]:
        async with self.store.reading() as tx:
            return [row.update_id for row in await tx.inbox.pending(self.bot.id)]

    async def nothing_waits(self) -> None:
        for _ in range(1000):
            if not await self.pending():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(f"still in the inbox: {await self.pending()}")


@pytest.fixture
def gallery(sqlite_store: SqlStore) -> Gallery:
    return Gallery(sqlite_store)


def pictures(*numbers: int, caption_on: int | None = None, album: str = "77") -> list[RawUpdate]:
    return [picture_update(n, album=album, caption=CAPTION if n == caption_on else None) for n in numbers]


async def test_one_batch_is_one_turn_and_the_caption_speaks(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept(pictures(1, 2, 3, caption_on=2))
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2, 3))]


async def test_parts_that_come_apart_are_waited_for(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept(pictures(1, caption_on=1))
        await intake.accept(pictures(2))
        await intake.accept(pictures(3))
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2, 3))]


async def test_a_single_picture_and_an_edited_one_are_no_album(gallery: Gallery) -> None:
    single = picture_update(1, album=None, caption="одна")
    edited = {"update_id": 2, "edited_message": pictures(2)[0]["message"] | {"edit_date": 1_800_000_001}}
    async with gallery.open() as intake:
        await intake.accept([single, edited, text_update(3, text="слова")])
        await gallery.nothing_waits()
    assert gallery.turns == [("одна", ()), ("слова", ())]


async def test_each_of_several_sounds_is_a_turn_of_its_own(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept([sound_update(n, album="s", as_file=n > 2) for n in (1, 2, 3)])
        await gallery.nothing_waits()
    assert gallery.turns == [("", ())] * 3


async def test_words_between_the_parts_are_a_turn_of_their_own_and_wait_for_it(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept([*pictures(1), text_update(2, text="коллеги"), *pictures(3, caption_on=3)])
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 3)), ("коллеги", ())]


async def test_two_albums_of_one_chat_are_two_turns(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept([*pictures(1, 2, caption_on=1), *pictures(3, 4, album="78")])
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2)), ("", (3, 4))]


async def test_ten_parts_are_not_waited_for(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        intake.pump._albums._quiet_seconds = 3600
        await intake.accept(pictures(*range(1, 11)))
        await until(lambda: len(gallery.turns) == 1, "the album")
        await gallery.nothing_waits()
    assert gallery.turns == [("", tuple(range(1, 11)))]


async def test_a_part_that_comes_much_too_late_is_no_second_turn(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept(pictures(1, 2, caption_on=1))
        await gallery.nothing_waits()
        await intake.accept(pictures(3))
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2))]


async def test_late_words_are_heard(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        await intake.accept(pictures(1))
        await gallery.nothing_waits()
        await intake.accept(pictures(2, caption_on=2))
        await gallery.nothing_waits()
    assert gallery.turns == [("", ()), (CAPTION, ())]


async def test_half_an_album_left_by_a_killed_process_waits_for_its_other_half(gallery: Gallery) -> None:
    await gallery.closed().accept(pictures(1, 2))
    async with gallery.open() as intake:
        await intake.accept(pictures(3, caption_on=3))
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2, 3))]


async def test_a_stop_in_mid_album_leaves_all_of_it_to_the_next_process(gallery: Gallery) -> None:
    async with gallery.open() as intake:
        intake.pump._albums._quiet_seconds = 3600
        await intake.accept(pictures(1, 2))
    assert gallery.turns == []
    assert await gallery.pending() == [1, 2]
    async with gallery.open() as intake:
        await intake.accept(pictures(3, caption_on=3))
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2, 3))]


async def test_a_kill_between_the_handler_and_its_mark_brings_the_whole_album_again(gallery: Gallery) -> None:
    async with gallery.store.transaction() as tx:
        await tx.notes.put("album:1", {"album": "77", "rows": [1, 2]})  # noted, fed, and killed before the marks
    await gallery.closed().accept(pictures(1, 2, caption_on=1))
    async with gallery.open():
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 2))]


async def test_a_part_that_cannot_be_read_does_not_take_the_others_along(gallery: Gallery) -> None:
    broken = picture_update(2, album="77")
    broken["message"]["date"] = "yesterday"
    async with gallery.open() as intake:
        await intake.accept([*pictures(1), broken, *pictures(3, caption_on=3)])
        await gallery.nothing_waits()
    assert gallery.turns == [(CAPTION, (1, 3))]


examples = count(1)
"""The database outlives an example, and Telegram never gives an update id twice."""


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[int, list[Sequence[int | None]], int]:
    """(which part has the caption, batches in order of arrival with None for somebody's words, how many of the batches
    came to a process that was killed)."""
    parts = list(range(1, draw(st.integers(2, 6)) + 1))
    caption = draw(st.sampled_from(parts))
    events: list[int | None] = draw(st.permutations([*parts, *[None] * draw(st.integers(0, 2))]))
    batches: list[Sequence[int | None]] = []
    while events:
        size = draw(st.integers(1, len(events)))
        batches.append(events[:size])
        events = events[size:]
    return caption, batches, draw(st.integers(0, len(batches)))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals())
async def test_any_order_pause_and_crash_make_one_turn(
    sqlite_store: SqlStore, arrival: tuple[int, list[Sequence[int | None]], int]
) -> None:
    caption, batches, killed_after = arrival
    gallery = Gallery(sqlite_store)
    async with sqlite_store.transaction() as tx:
        await tx.notes.delete("album:1")
    first, shift, said = gallery.closed(), 1000 * next(examples), 500

    def updates(batch: Sequence[int | None]) -> list[RawUpdate]:
        nonlocal said
        made = []
        for number in batch:
            said += number is None
            made.append(
                text_update(shift + said, text="слова")
                if number is None
                else picture_update(shift + number, album="77", caption=CAPTION if number == caption else None)
            )
        return made

    for batch in batches[:killed_after]:
        await first.accept(updates(batch))
    async with gallery.open() as intake:
        for batch in batches[killed_after:]:
            await intake.accept(updates(batch))
        await gallery.nothing_waits()
    numbers = [number for batch in batches for number in batch if number is not None]
    albums = [turn for turn in gallery.turns if turn[0] != "слова"]
    assert [words for words, _ in albums] == [CAPTION]
    assert set(albums[0][1]) == {shift + number for number in numbers}
    assert len(gallery.turns) - 1 == sum(number is None for batch in batches for number in batch)
