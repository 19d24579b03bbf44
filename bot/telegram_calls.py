"""What a Bot API call means for limits and for trying again.

Limits: sends, copies, forwards and edits of messages count (https://core.telegram.org/bots/faq; edits share the budget
of sends: https://github.com/tdlib/td/issues/3034); answers to callbacks, chat actions and questions do not.
"""

import zlib
from typing import Any

from aiogram.methods import TelegramMethod

from services.delivery.ports import Priority
from services.delivery.priority import current_priority

COUNTED_PREFIXES = ("send", "copyMessage", "forwardMessage", "editMessage", "editEphemeralMessage", "stopPoll")
FREE = frozenset({"sendChatAction", "sendChatJoinRequestWebApp"})
DRAFTS = frozenset({"sendMessageDraft", "sendRichMessageDraft"})
REPEATABLE_PREFIXES = ("get", "set", "edit", "answer", "delete", "pin", "unpin", "stop", "close", "logOut")


def counts(method: TelegramMethod[Any]) -> bool:
    name = method.__api_method__
    return name.startswith(COUNTED_PREFIXES) and name not in FREE


def is_draft(method: TelegramMethod[Any]) -> bool:
    return method.__api_method__ in DRAFTS


def is_edit(method: TelegramMethod[Any]) -> bool:
    return method.__api_method__.startswith(("editMessage", "editEphemeralMessage"))


def is_repeatable(method: TelegramMethod[Any]) -> bool:
    """Doing it twice is the same as doing it once. A send is not: Telegram knows no idempotency key."""
    return is_draft(method) or method.__api_method__.startswith((*REPEATABLE_PREFIXES, *FREE))


def messages_in(method: TelegramMethod[Any]) -> int:
    """An album or a bulk copy is as many messages as it holds."""
    for name in ("media", "message_ids"):
        several = getattr(method, name, None)
        if isinstance(several, list):
            return max(1, len(several))
    return 1


def chat_of(method: TelegramMethod[Any]) -> int:
    """Telegram's chat id; a channel's @name becomes a stable negative number; 0 for an inline message."""
    chat_id = getattr(method, "chat_id", None)
    if isinstance(chat_id, int):
        return chat_id
    return -zlib.crc32(chat_id.encode()) if isinstance(chat_id, str) else 0


def priority_of(method: TelegramMethod[Any]) -> Priority:
    return Priority.DRAFT if is_draft(method) else current_priority()


def is_typing(method: TelegramMethod[Any]) -> bool:
    return method.__api_method__ == "sendChatAction"


def may_be_dropped(method: TelegramMethod[Any]) -> bool:
    """Worth nothing a few seconds later."""
    return is_preview(method) or is_typing(method)


def is_preview(method: TelegramMethod[Any]) -> bool:
    return priority_of(method) >= Priority.PREVIEW
