"""Edits and deletions, and what Telegram says when they cannot be made."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Message

from tests.emulators.telegram import ManualClock, Person, TelegramEmulator, bot_for, running

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="ok", callback_data="ok")]])


async def test_an_edit_replaces_text_and_keyboard(bot: Bot, anya: Person, emulator: TelegramEmulator) -> None:
    sent = await bot.send_message(anya.id, "first", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("second", chat_id=anya.id, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup, edited.message_id) == ("second", None, sent.message_id)
    assert edited.edit_date is not None
    assert [version.text for version in emulator.chat(anya.id).messages[1].history] == ["first"]


@pytest.mark.parametrize(("text", "mode"), [("<b>same</b> text", "HTML"), ("*same* text", "MarkdownV2")])
async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, anya: Person, text: str, mode: str) -> None:
    sent = await bot.send_message(anya.id, "<b>same</b> text", parse_mode="HTML", reply_markup=KEYBOARD)
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new message content and reply"):
        await bot.edit_message_text(
            text, chat_id=anya.id, message_id=sent.message_id, parse_mode=mode, reply_markup=KEYBOARD
        )
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=anya.id, message_id=sent.message_id, reply_markup=KEYBOARD)
    await bot.edit_message_text(text, chat_id=anya.id, message_id=sent.message_id, parse_mode=mode)
    await bot.edit_message_text("same text", chat_id=anya.id, message_id=sent.message_id)


async def test_what_cannot_be_edited(bot: Bot, anya: Person) -> None:
    own = await anya.says("mine")
    picture = await bot.send_photo(anya.id, BufferedInputFile(b"jpeg", "p.jpg"), caption="c")
    text = await bot.send_message(anya.id, "t")
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=anya.id, message_id=999)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=anya.id, message_id=own.message_id)
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("x", chat_id=anya.id, message_id=picture.message_id)
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=anya.id, message_id=text.message_id, caption="x")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.edit_message_caption(chat_id=anya.id, message_id=picture.message_id, caption="x" * 1025)
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.edit_message_text("x" * 4097, chat_id=anya.id, message_id=text.message_id)
    edited = await bot.edit_message_caption(chat_id=anya.id, message_id=picture.message_id, caption="x" * 1024)
    assert isinstance(edited, Message)
    assert edited.photo


async def test_deleting(bot: Bot, anya: Person, emulator: TelegramEmulator) -> None:
    sent = [await bot.send_message(anya.id, str(number)) for number in range(3)]
    incoming = await anya.says("mine")
    assert await bot.delete_message(anya.id, sent[0].message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(anya.id, sent[0].message_id)
    assert await bot.delete_messages(anya.id, [sent[1].message_id, incoming.message_id, 999])
    assert [message.text for message in anya.messages()] == ["2"]
    group = emulator.add_group("Team", [anya])
    theirs = await anya.says("in the group", chat=group)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(group.id, theirs.message_id)
    group.set_bot("administrator", by=anya)
    assert await bot.delete_message(group.id, theirs.message_id)


async def test_old_messages_cannot_be_deleted() -> None:
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya = emulator.add_person("Аня")
    async with running(emulator) as server:
        bot = bot_for(server)
        sent = await bot.send_message(anya.id, "old")
        clock.advance(48 * 3600 + 1)
        with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
            await bot.delete_message(anya.id, sent.message_id)
        await bot.session.close()


async def test_copies_and_forwards(bot: Bot, anya: Person, lev: Person) -> None:
    original = await anya.says("a thought about /idea")
    copy = await bot.copy_message(lev.id, anya.id, original.message_id)
    forward = await bot.forward_message(lev.id, anya.id, original.message_id)
    seen = lev.messages()
    assert [message.message_id for message in seen] == [copy.message_id, forward.message_id]
    assert [message.text for message in seen] == [original.text, original.text]
    assert seen[0].forward_origin is None
    assert forward.forward_origin is not None
    assert forward.forward_origin.type == "user"
    again = await lev.forwards(forward)
    assert again.forward_origin is not None
    assert again.forward_origin.model_dump() == forward.forward_origin.model_dump()
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await bot.copy_message(lev.id, anya.id, 999)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=lev.id, message_id=forward.message_id)
