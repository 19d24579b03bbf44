"""The file of briefs in a message, and its bytes."""

import io

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import Document, Message

from services.assistant.batches.read_briefs import MOST_BYTES
from services.domain.batch import MOST_BRIEFS
from services.domain.errors import BatchTooLong, TelegramFilesUnavailable


def briefs_in(message: Message) -> Document | None:
    """A document of the message itself, else of the one that it answers."""
    if message.document is not None:
        return message.document
    return message.reply_to_message.document if message.reply_to_message is not None else None


async def download_briefs(bot: Bot, document: Document) -> bytes:
    """Raises BatchTooLong, TelegramFilesUnavailable."""
    if (document.file_size or 0) > MOST_BYTES:
        raise BatchTooLong(limit=MOST_BRIEFS)
    content = io.BytesIO()
    try:
        await bot.download(document.file_id, content)
    except (AiogramError, OSError) as error:  # its text may hold the token
        raise TelegramFilesUnavailable(type(error).__name__) from None
    return content.getvalue()
