"""Can anybody be reached in this chat at all?

Texts of the Bot API server: https://github.com/tdlib/telegram-bot-api, `Client.cpp`, `fail_query_with_error`.
"""

import re

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError

_STILL_OPEN = ("not enough rights", "can't send messages to bots", "can't send messages to the bot")
"""Forbidden, but the chat is alive and the bot is in it."""
_GONE = (
    "chat not found",
    "user is deactivated",
    "group chat was deactivated",
    "group is deactivated",
    "chat_id_invalid",
)


_ONE_KIND = re.compile(
    r"to send (?:voice|video|audio|music|photo|document|media|sticker|animation|poll)|_messages_forbidden"
)
"""Refused is a kind of message, by a group's rules or a person's privacy: words still arrive."""
_MUTED = ("not enough rights to send", "have no rights to send", "chat_write_forbidden", "chat_restricted")


def is_muted(error: TelegramAPIError) -> bool:
    """The bot is in the chat and may not say a word there."""
    said = error.message.lower()
    return any(words in said for words in _MUTED) and not _ONE_KIND.search(said)


def is_closed(error: TelegramAPIError) -> bool:
    """Blocked, removed, muted, never let in, or deleted: every other message to this chat would end the same."""
    said = error.message.lower()
    if is_muted(error):
        return True
    if isinstance(error, TelegramForbiddenError):
        return not any(words in said for words in _STILL_OPEN)
    return isinstance(error, TelegramBadRequest) and any(words in said for words in _GONE)
