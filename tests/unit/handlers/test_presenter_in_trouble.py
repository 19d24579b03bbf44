"""Deleted placeholders, closed doors, refused formatting, cancelled work: the final finds its way or ends quietly."""

import asyncio

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import (
    EditMessageText,
    GetMe,
    SendMessage,
    SendRichMessage,
)

from handlers.i18n import Catalogues
from services.assistant.ports import Failure, NotShown
from services.domain.chat import ChatAddress
from services.domain.errors import ModelTimeout, StoreUnavailable
from services.domain.generation import GenerationState
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.member import StreamTransport
from tests.fakes.telegram_session import bad_request
from tests.unit.handlers.people import IDEAS, brief, card, generation
from tests.unit.handlers.screening import FORBIDDEN, GONE, Screening, play, stream


def test_a_placeholder_that_a_person_deleted_is_replaced_by_a_new_message(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.refuse(EditMessageText, GONE)
        async with made.open() as screen:
            await stream(screen, 60, 0.05)
            shown = await screen.finish(card())
        assert shown == ChatAddress(501, None, 1002)

    made = play(catalogues, scene)
    assert made.telegram.last(SendMessage).text == "💡 Идея: «Тихая полка» и ещё 1 идея"
    final = made.telegram.last(EditMessageText)
    assert final.message_id == 1002
    assert "Источники" in (final.text or "")
    assert made.recorded == [ChatAddress(501, None, 1001), ChatAddress(501, None, 1002)]


def test_regenerating_uses_the_message_whose_button_was_pressed(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open(StreamTransport.DRAFT, placeholder=ChatAddress(501, None, 900)) as screen:
            await stream(screen, 40, 0.05)
            await screen.finish(card())

    made = play(catalogues, scene)
    assert made.telegram.sent(SendMessage) == []
    assert {call.message_id for call in made.telegram.sent(EditMessageText)} == {900}
    assert made.recorded == []


def test_the_outcome_of_an_attempt_that_had_ended_is_one_edit(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        shown_in = ChatAddress(501, None, 900)
        async with made.open(placeholder=shown_in, state=GenerationState.IN_REVIEW) as screen:
            await screen.finish(card())

    assert len(play(catalogues, scene).telegram.sent(EditMessageText)) == 1


def test_a_person_who_blocked_muza_is_left_in_peace(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.fail(SendMessage, FORBIDDEN)
        async with made.open() as screen:
            await stream(screen, 60, 0.05)
            await screen.finish(card())

    made = play(catalogues, scene)
    assert len(made.telegram.sent(SendMessage)) == 1
    assert made.telegram.sent(EditMessageText) == []


def test_a_placeholder_that_could_not_be_sent_does_not_cost_the_final(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.fail(SendMessage, TelegramNetworkError(method=GetMe(), message="timeout"))
        async with made.open() as screen:
            await stream(screen, 60, 0.05)
            shown = await screen.finish(card())
        assert shown.message_id == 1001

    made = play(catalogues, scene)
    assert len(made.telegram.sent(SendMessage)) == 2
    assert "Источники" in (made.telegram.last(EditMessageText).text or "")


def test_a_failure_offers_to_try_again(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        failed = generation(state=GenerationState.FAILED, version=6)
        async with made.open() as screen:
            await screen.fail(Failure(failed, brief(), "model_timeout", Language.RUSSIAN, retryable=True))

    edited = play(catalogues, scene).telegram.last(EditMessageText)
    assert (edited.text or "").startswith("⚠️ Языковая модель слишком долго")
    assert edited.reply_markup is not None
    assert edited.reply_markup.inline_keyboard[0][0].callback_data == "r:7:6"


def test_a_placeholder_that_could_not_be_recorded_at_once_is_recorded_before_the_final(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.record_error, made.record_errors = StoreUnavailable("disk"), 2
        async with made.open() as screen:
            await stream(screen, 40, 0.05)
            shown = await screen.finish(card())
        assert shown == ChatAddress(501, None, 1001)

    made = play(catalogues, scene)
    assert len(made.telegram.sent(SendMessage)) == 1
    assert made.recorded == [ChatAddress(501, None, 1001)]


def test_nothing_that_matters_is_written_into_a_message_that_is_not_recorded(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.record_error = StoreUnavailable("disk")
        async with made.open() as screen:
            with pytest.raises(NotShown):
                await screen.finish(card())

    made = play(catalogues, scene)
    assert not any("Источники" in (edit.text or "") for edit in made.telegram.sent(EditMessageText))


def test_a_preview_that_cannot_be_drawn_does_not_cost_the_attempt(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.fail(EditMessageText, ZeroDivisionError("a bug"))
        async with made.open() as screen:
            await stream(screen, 300, 0.05)
            await screen.finish(card())

    edits = play(catalogues, scene).telegram.sent(EditMessageText)
    assert len(edits) >= 3
    assert "Источники" in (edits[-1].text or "")


def test_an_error_inside_passes_through_unwrapped_and_leaves_no_task(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        with pytest.raises(ModelTimeout):
            async with made.open():
                raise ModelTimeout

    play(catalogues, scene)


def test_cancelling_the_work_ends_the_screen(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3), made.open():
                await asyncio.sleep(60)

    play(catalogues, scene)


LONG = Draft(ideas=tuple(Idea(f"Идея {number}", "слово " * 200, "потому") for number in range(6)))


def test_a_rich_final_falls_back_to_text_in_parts_with_buttons_on_the_last(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(0.5)
            made.telegram.refuse(EditMessageText, "RICH_MESSAGE_INVALID")
            await screen.finish(card(LONG))

    made = play(catalogues, scene)
    rich, first, second = made.telegram.sent(EditMessageText)[-3:]
    assert rich.rich_message is not None
    assert first.text is not None
    assert first.reply_markup is None
    assert second.message_id == 1002
    assert second.reply_markup is not None
    assert made.telegram.last(SendMessage).text == "👇 Продолжение"
    assert made.further == (1002,)
    assert made.telegram.sent(SendRichMessage) == []


def test_refused_entities_fall_back_to_plain_text(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(0.5)
            made.telegram.fail(EditMessageText, bad_request("can't parse entities: entity 3 is wrong"))
            await screen.finish(card(IDEAS))

    final = play(catalogues, scene).telegram.last(EditMessageText)
    assert "Тихая полка" in (final.text or "")
    assert final.entities is None
    assert final.reply_markup is not None
