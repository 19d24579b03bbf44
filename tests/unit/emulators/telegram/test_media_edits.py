"""editMessageMedia: what can be replaced, by what, and what Telegram says otherwise."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
)

from tests.emulators.telegram import Person, RunningServer

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="ok", callback_data="ok")]])


def picture(data: bytes, caption: str | None = None) -> InputMediaPhoto:
    return InputMediaPhoto(media=BufferedInputFile(data, "chart.png"), caption=caption)


async def bytes_of(bot: Bot, message: Message) -> bytes:
    assert message.photo
    path = (await bot.get_file(message.photo[-1].file_id)).file_path
    content = await bot.download_file(path or "")
    assert content is not None
    return content.read()


async def test_a_picture_its_caption_and_its_buttons_are_replaced(bot: Bot, anya: Person) -> None:
    sent = await bot.send_photo(anya.id, BufferedInputFile(b"old", "a.png"), caption="before")
    edited = await bot.edit_message_media(
        picture(b"new", "after"), chat_id=anya.id, message_id=sent.message_id, reply_markup=KEYBOARD
    )
    assert isinstance(edited, Message)
    assert (edited.message_id, edited.caption) == (sent.message_id, "after")
    assert edited.reply_markup is not None
    assert edited.reply_markup.inline_keyboard[0][0].text == "ok"
    assert await bytes_of(bot, edited) == b"new"


async def test_a_text_becomes_a_picture_and_a_picture_a_document(bot: Bot, anya: Person) -> None:
    sent = await bot.send_message(anya.id, "words")
    edited = await bot.edit_message_media(picture(b"new"), chat_id=anya.id, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert (edited.text, edited.caption) == (None, None)
    assert edited.photo
    file = InputMediaDocument(media=BufferedInputFile(b"a,b", "table.csv"))
    edited = await bot.edit_message_media(file, chat_id=anya.id, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert edited.photo is None
    assert edited.document is not None


async def test_the_same_file_with_the_same_words_is_no_edit(bot: Bot, anya: Person) -> None:
    sent = await bot.send_photo(anya.id, BufferedInputFile(b"old", "a.png"), caption="same")
    assert sent.photo
    again = InputMediaPhoto(media=sent.photo[-1].file_id, caption="same")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_media(again, chat_id=anya.id, message_id=sent.message_id)
    other = InputMediaPhoto(media=sent.photo[-1].file_id, caption="other")
    edited = await bot.edit_message_media(other, chat_id=anya.id, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert edited.caption == "other"


async def test_what_cannot_be_replaced(bot: Bot, anya: Person, server: RunningServer) -> None:
    theirs = await anya.says("mine")
    sent = await bot.send_photo(anya.id, BufferedInputFile(b"old", "a.png"))
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_media(picture(b"x"), chat_id=anya.id, message_id=theirs.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_media(picture(b"x"), chat_id=anya.id, message_id=sent.message_id + 9)
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await bot.edit_message_media(picture(b"x", "я" * 1025), chat_id=anya.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="non-empty"):
        await bot.edit_message_media(picture(b""), chat_id=anya.id, message_id=sent.message_id)
    album = await bot.send_media_group(anya.id, [picture(b"1"), picture(b"2")])
    file = InputMediaDocument(media=BufferedInputFile(b"a", "a.csv"))
    with pytest.raises(TelegramBadRequest, match="album"):
        await bot.edit_message_media(file, chat_id=anya.id, message_id=album[0].message_id)
