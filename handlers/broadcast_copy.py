"""What an administrator wants to announce, as a copy in their own chat: exactly what people will get."""

from collections.abc import Sequence

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import CommandObject
from aiogram.types import Message, MessageEntity

from handlers.sender import MessageSender
from handlers.views.formatted import Formatted, utf16_length
from handlers.views.message import RenderedMessage
from services.domain.chat import ChatAddress

NO_CAPTION = " "
"""Telegram trims it away; an empty one would not be sent along, and then the old caption stays."""


class CannotCopy(Exception):
    """Telegram refuses to copy this kind of message, or it is gone."""


async def copy_of(bot: Bot, message_id: int, address: ChatAddress) -> ChatAddress:
    """A message of this chat, copied into it. Raises CannotCopy."""
    try:
        copied = await bot.copy_message(chat_id=address.chat_id, from_chat_id=address.chat_id, message_id=message_id)
    except TelegramBadRequest as error:
        raise CannotCopy(error.message) from error
    return address.at(copied.message_id)


async def copy_without_command(
    bot: Bot, sender: MessageSender, message: Message, command: CommandObject, address: ChatAddress
) -> ChatAddress:
    """The message without the command it begins with. Raises CannotCopy."""
    words = without_command(message, command)
    if message.text is not None:
        return await sender.send(address.at(None), RenderedMessage(words))
    try:
        copied = await bot.copy_message(
            chat_id=address.chat_id,
            from_chat_id=address.chat_id,
            message_id=message.message_id,
            caption=words.text or NO_CAPTION,
            caption_entities=list(words.entities) or None,
            parse_mode=None,
        )
    except TelegramBadRequest as error:
        raise CannotCopy(error.message) from error
    return address.at(copied.message_id)


def without_command(message: Message, command: CommandObject) -> Formatted:
    text = message.text or message.caption or ""
    words = command.args or ""
    prefix = utf16_length(text) - utf16_length(words)
    return Formatted(words, tuple(_shifted(message.entities or message.caption_entities or (), prefix)))


def _shifted(entities: Sequence[MessageEntity], by: int) -> list[MessageEntity]:
    """What stands before the words goes; an entity that reaches over the edge keeps its part behind it."""
    moved = []
    for entity in entities:
        start, end = max(0, entity.offset - by), entity.offset + entity.length - by
        if end > start:
            moved.append(entity.model_copy(update={"offset": start, "length": end - start}))
    return moved
