"""Inline keyboards and pressed buttons."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputRichMessage,
    Message,
    WebAppInfo,
)

from tests.emulators.telegram import CallbackAnswer, ManualClock, Person, TelegramEmulator, bot_for, buttons, running


def keyboard(**fields: object) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton.model_validate({"text": "press", **fields})
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


APPROVE = keyboard(callback_data="approve:1")


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        (keyboard(), "Text buttons are unallowed in the inline keyboard"),
        (keyboard(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (keyboard(callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (keyboard(callback_data=""), "BUTTON_DATA_INVALID"),
        (keyboard(callback_data="x", url="https://muza.example"), "exactly one button type"),
        (keyboard(callback_data="x", style="purple"), "invalid button style"),
        (keyboard(copy_text=CopyTextButton(text="")), "BUTTON_COPY_TEXT_INVALID"),
        (keyboard(copy_text=CopyTextButton(text="x" * 257)), "BUTTON_COPY_TEXT_INVALID"),
        (keyboard(url="nonsense"), "is invalid"),
        (keyboard(callback_data="x", text=" "), "must be non-empty"),
        (
            InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x")] * 101]),
            "reply markup is too long",
        ),
    ],
)
async def test_broken_keyboards_are_refused(bot: Bot, anya: Person, markup: InlineKeyboardMarkup, refusal: str) -> None:
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.send_message(anya.id, "idea", reply_markup=markup)
    assert anya.messages() == []


@pytest.mark.parametrize(
    "markup",
    [
        keyboard(callback_data="я" * 32, style="danger"),
        keyboard(copy_text=CopyTextButton(text="x" * 256)),
        keyboard(url="https://muza.example", style="primary"),
        keyboard(web_app=WebAppInfo(url="https://muza.example")),
    ],
)
async def test_good_keyboards_are_shown(bot: Bot, anya: Person, markup: InlineKeyboardMarkup) -> None:
    message = await bot.send_message(anya.id, "idea", reply_markup=markup)
    assert message.reply_markup is not None
    assert message.reply_markup.model_dump() == markup.model_dump()
    assert [button.text for button in buttons(message)] == ["press"]


async def test_a_web_app_button_is_for_private_chats(bot: Bot, anya: Person, emulator: TelegramEmulator) -> None:
    group = emulator.add_group("Team", [anya])
    with pytest.raises(TelegramBadRequest, match="BUTTON_TYPE_INVALID"):
        await bot.send_message(group.id, "x", reply_markup=keyboard(web_app=WebAppInfo(url="https://muza.example")))


async def test_an_empty_keyboard_is_no_keyboard(bot: Bot, anya: Person) -> None:
    message = await bot.send_message(anya.id, "idea", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[]]))
    assert message.reply_markup is None


async def test_a_press_reaches_the_bot_and_is_answered_once(bot: Bot, anya: Person) -> None:
    shown = await bot.send_message(anya.id, "idea", reply_markup=APPROVE)
    pending = anya.taps(shown, "press")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("approve:1", anya.id)
    assert isinstance(query.message, Message)
    assert query.message.message_id == shown.message_id
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query.id, text="x" * 201)
    await bot.answer_callback_query(query.id, text="x" * 200)
    assert pending.answer.result() == CallbackAnswer(text="x" * 200)
    with pytest.raises(
        TelegramBadRequest, match="query is too old and response timeout expired or query ID is invalid"
    ):
        await bot.answer_callback_query(query.id)
    with pytest.raises(TelegramBadRequest, match="query ID is invalid"):
        await bot.answer_callback_query("12345")


async def test_a_late_answer_is_refused() -> None:
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya = emulator.add_person("Аня")
    async with running(emulator) as server:
        bot = bot_for(server)
        shown = await bot.send_message(anya.id, "idea", reply_markup=APPROVE)
        in_time, late = anya.taps(shown, "press"), anya.taps(shown, "press")
        clock.advance(14)
        await bot.answer_callback_query(in_time.id)
        clock.advance(2)
        with pytest.raises(TelegramBadRequest, match="query is too old"):
            await bot.answer_callback_query(late.id)
        await bot.session.close()


async def test_presses_find_buttons_as_people_do(bot: Bot, anya: Person) -> None:
    shown = await bot.send_message(anya.id, "idea", reply_markup=APPROVE)
    assert anya.taps(shown, "approve:1").query.data == "approve:1"
    assert anya.taps(shown, "pre").query.data == "approve:1"
    with pytest.raises(LookupError, match="offered: \\['press'\\]"):
        anya.taps(shown, "Reject")
    assert anya.forges(shown, "approve:999").query.data == "approve:999"
    with pytest.raises(TimeoutError, match="did not answer"):
        await anya.presses(shown, "press", timeout=0.01)


async def test_buttons_inside_rich_messages_can_be_pressed(bot: Bot, anya: Person) -> None:
    row = {"type": "buttons", "buttons": [{"text": "Open", "callback_data": "open:1"}]}
    shown = await bot.send_rich_message(
        anya.id, InputRichMessage.model_validate({"blocks": [row, {"type": "paragraph", "text": "x"}]})
    )
    assert anya.taps(shown, "Open").query.data == "open:1"
