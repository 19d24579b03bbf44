"""Whatever answers are lost, calls dropped and messages deleted: the outcome is there, once."""

import asyncio
from dataclasses import replace

import pytest
from aiogram.methods import DeleteMessage, EditMessageText
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.i18n import Catalogues
from handlers.presenter import TelegramPresenter
from services.assistant.ports import Card, NotShown
from services.domain.chat import ChatAddress
from services.domain.generation import GenerationState
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.member import StreamTransport
from tests.unit.handlers.lossy_telegram import Book, Crash, Fate, LossyTelegram, Shown, lossy_bot
from tests.unit.handlers.people import brief, card, generation
from tests.unit.handlers.screening import stream
from tests.virtual_time import run_in_virtual_time

LONG = card(Draft(ideas=tuple(Idea(f"Идея {number}", f"начало{number} " + "слово " * 150) for number in range(6))))
EDIT, DRAFT = StreamTransport.EDIT, StreamTransport.DRAFT
FATES = st.lists(st.sampled_from(["ok", "ok", "ok", "lost", "dropped", "deleted", "crashed"]), max_size=30)
CATALOGUES = Catalogues(Language.RUSSIAN)
ENOUGH = 40


async def deliver(
    presenter: TelegramPresenter, book: Book, outcome: Card, transport: StreamTransport, *, again: bool = False
) -> None:
    """A run, and then the sweep, until the outcome is confirmed; the sweep only, if `again`."""
    running = replace(book.generation, state=GenerationState.IN_REVIEW if again else GenerationState.RUNNING)
    transports = {GenerationState.RUNNING: transport, GenerationState.IN_REVIEW: EDIT}
    for _ in range(ENOUGH):
        try:
            async with presenter.open(
                running, brief(), Language.RUSSIAN, transports[running.state], record=book
            ) as screen:
                if running.state is GenerationState.RUNNING:
                    await stream(screen, 60, 0.05)
                assert await screen.finish(outcome) is not None
        except (NotShown, Crash):
            running = replace(book.generation, state=GenerationState.IN_REVIEW)
        else:
            return
    raise AssertionError("never delivered")


def play(fates: list[Fate], outcome: Card, transport: StreamTransport, **changes: object) -> tuple[LossyTelegram, Book]:
    async def scene() -> tuple[LossyTelegram, Book]:
        bot, telegram = lossy_bot(fates)
        book = Book(replace(generation(), **changes))  # type: ignore[arg-type]
        await deliver(TelegramPresenter(bot, CATALOGUES), book, outcome, transport)
        assert len(asyncio.all_tasks()) == 1
        return telegram, book

    return run_in_virtual_time(scene)


@given(fates=FATES, is_long=st.booleans(), transport=st.sampled_from([EDIT, DRAFT]))
@settings(max_examples=150, deadline=None)
def test_an_outcome_is_neither_lost_nor_doubled(fates: list[Fate], is_long: bool, transport: StreamTransport) -> None:
    telegram, book = play(fates, LONG if is_long else card(), transport)
    placeholder = book.generation.placeholder
    assert placeholder is not None
    shown = [placeholder.message_id, *book.generation.continuation]
    if is_long:
        for number in range(6):
            assert len(telegram.holding(f"начало{number}")) == 1
    else:
        assert telegram.holding("Источники") == shown
    finals = [message_id for message_id in telegram.with_buttons if message_id in shown]
    assert finals == [shown[-1]], "the buttons are under the last part"
    strays = set(telegram.messages) - set(shown)
    assert len(strays) <= telegram.lost, "a lost answer costs one short message at most"
    assert all(len(telegram.messages[stray].text) < 100 for stray in strays)


@pytest.mark.parametrize("transport", [EDIT, DRAFT])
@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("fate", ["lost", "dropped", "crashed"])
def test_each_position_alone(transport: StreamTransport, position: int, fate: Fate) -> None:
    telegram, book = play([*["ok"] * position, fate], card(), transport)  # type: ignore[list-item]
    assert telegram.holding("Источники") == [book.generation.placeholder and book.generation.placeholder.message_id]


def test_a_long_outcome_shown_twice_edits_all_its_messages() -> None:
    async def scene() -> None:
        bot, telegram = lossy_bot()
        book = Book(generation())
        presenter = TelegramPresenter(bot, CATALOGUES)
        await deliver(presenter, book, LONG, EDIT)
        before, parts = dict(telegram.messages), book.generation.continuation
        assert len(parts) >= 1
        for _ in range(2):
            await deliver(presenter, book, LONG, EDIT, again=True)
        assert telegram.messages == before
        assert book.generation.continuation == parts

    run_in_virtual_time(scene)


def test_parts_that_a_shorter_outcome_does_not_need_are_deleted() -> None:
    async def scene() -> None:
        bot, telegram = lossy_bot()
        book = Book(generation())
        presenter = TelegramPresenter(bot, CATALOGUES)
        await deliver(presenter, book, LONG, EDIT)
        shown_in = book.generation.placeholder
        again = Book(generation(id=8, placeholder=shown_in, continuation=book.generation.continuation))
        await deliver(presenter, again, card(), EDIT)
        assert shown_in is not None
        assert list(telegram.messages) == [shown_in.message_id]
        assert again.generation.continuation == ()

    run_in_virtual_time(scene)


def test_a_part_that_may_not_be_deleted_any_more_points_upwards() -> None:
    async def scene() -> None:
        bot, telegram = lossy_bot()
        book = Book(generation())
        presenter = TelegramPresenter(bot, CATALOGUES)
        await deliver(presenter, book, LONG, EDIT)
        last = book.generation.continuation[-1]
        telegram.refuse(DeleteMessage, "message can't be deleted for everyone")
        again = Book(generation(id=8, placeholder=book.generation.placeholder, continuation=(last,)))
        await deliver(presenter, again, card(), EDIT)
        assert telegram.messages[last].text == "☝️ Новый вариант — выше"

    run_in_virtual_time(scene)


def test_two_processes_that_show_one_outcome_leave_one_message() -> None:
    """Neither found a recorded message; the second one to record takes its own away."""

    async def scene() -> None:
        bot, telegram = lossy_bot()
        book = Book(generation(state=GenerationState.IN_REVIEW))
        presenter = TelegramPresenter(bot, CATALOGUES)
        async with (
            presenter.open(book.generation, brief(), Language.RUSSIAN, EDIT, record=book) as one,
            presenter.open(book.generation, brief(), Language.RUSSIAN, EDIT, record=book) as other,
        ):
            shown = await asyncio.gather(one.finish(card()), other.finish(card()))
        assert sorted(address is None for address in shown) == [False, True]
        assert len(telegram.messages) == 1
        assert len(telegram.holding("Источники")) == 1

    run_in_virtual_time(scene)


def test_a_frozen_run_draws_nothing_when_it_wakes() -> None:
    async def scene() -> None:
        bot, telegram = lossy_bot()
        book = Book(generation(placeholder=ChatAddress(501, None, 900)))
        telegram.messages[900] = Shown("✍️ Пишу…", None)
        awake = replace(book.generation, state=GenerationState.RUNNING)

        class Expired(Book):
            def may_preview(self) -> bool:
                return False

        presenter = TelegramPresenter(bot, CATALOGUES)
        async with presenter.open(awake, brief(), Language.RUSSIAN, EDIT, record=Expired(book.generation)) as screen:
            await stream(screen, 60, 0.05)
        assert not any("слово" in (edit.text or "") for edit in telegram.sent(EditMessageText))

    run_in_virtual_time(scene)
