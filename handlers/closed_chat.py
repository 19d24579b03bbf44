"""Can anybody be reached in this chat at all?

Texts of the Bot API server: https://github.com/tdlib/telegram-bot-api, `Client.cpp`, `fail_query_with_error`.
"""

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


_MUTED = ("not enough rights to send", "have no rights to send", "chat_write_forbidden", "chat_restricted")


def is_muted(error: TelegramAPIError) -> bool:
    """The bot is in the chat and may not say a word there."""
    return any(words in error.message.lower() for words in _MUTED)


def is_closed(error: TelegramAPIError) -> bool:
    """Blocked, removed, muted, never let in, or deleted: every other message to this chat would end the same."""
    said = error.message.lower()
    if is_muted(error):
        return True
    if isinstance(error, TelegramForbiddenError):
        return not any(words in said for words in _STILL_OPEN)
    return isinstance(error, TelegramBadRequest) and any(words in said for words in _GONE)
