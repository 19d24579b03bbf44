"""Pictures with a caption and buttons, and files: sent, and changed in place."""

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, InputMediaPhoto

from handlers.sender import MessageGone, is_gone, is_unchanged, place_of
from handlers.views.formatted import Formatted
from services.domain.chat import ChatAddress


async def send_picture(
    bot: Bot, to: ChatAddress, png: bytes, caption: Formatted, keyboard: InlineKeyboardMarkup
) -> ChatAddress:
    sent = await bot.send_photo(
        chat_id=to.chat_id,
        message_thread_id=to.topic_id,
        photo=BufferedInputFile(png, "chart.png"),
        caption=caption.text,
        caption_entities=list(caption.entities) or None,
        parse_mode=None,
        reply_markup=keyboard,
    )
    return place_of(sent, to)


async def change_picture(
    bot: Bot, at: ChatAddress, png: bytes, caption: Formatted, keyboard: InlineKeyboardMarkup
) -> None:
    """Also in the place of a text. Raises MessageGone."""
    media = InputMediaPhoto(
        media=BufferedInputFile(png, "chart.png"),
        caption=caption.text,
        caption_entities=list(caption.entities) or None,
        parse_mode=None,
    )
    try:
        await bot.edit_message_media(chat_id=at.chat_id, message_id=at.message_id, media=media, reply_markup=keyboard)
    except TelegramBadRequest as error:
        if is_gone(error):
            raise MessageGone from error
        if not is_unchanged(error):
            raise


async def change_buttons(bot: Bot, at: ChatAddress, keyboard: InlineKeyboardMarkup) -> None:
    """Of a picture or of a text that may be gone by now."""
    try:
        await bot.edit_message_reply_markup(chat_id=at.chat_id, message_id=at.message_id, reply_markup=keyboard)
    except TelegramBadRequest as error:
        if not is_gone(error) and not is_unchanged(error):
            raise


async def send_file(bot: Bot, to: ChatAddress, content: bytes, name: str, caption: str) -> None:
    await bot.send_document(
        chat_id=to.chat_id,
        message_thread_id=to.topic_id,
        document=BufferedInputFile(content, name),
        caption=caption,
        parse_mode=None,
    )
