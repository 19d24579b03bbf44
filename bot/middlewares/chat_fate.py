"""What Telegram tells about a chat itself: it became a supergroup, or the bot was let in, thrown out, blocked.

Looked at before anybody asks who is speaking: an anonymous administrator does such things too.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import ChatMemberRestricted, ChatMemberUpdated, Message, TelegramObject, Update

from services.assistant.close_chat import CloseChat
from services.assistant.migrate_chat import MigrateChat
from services.assistant.open_chat import OpenChat

_OUT = frozenset({"left", "kicked"})


class ChatFate(BaseMiddleware):
    def __init__(self, migrate_chat: MigrateChat, close_chat: CloseChat, open_chat: OpenChat) -> None:
        self._migrate_chat = migrate_chat
        self._close_chat = close_chat
        self._open_chat = open_chat

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if isinstance(event, Update):
            moved = _migration(event.message)
            if moved is not None:
                await self._migrate_chat(*moved)
                return None  # a service message: nobody said anything
            if event.my_chat_member is not None:
                await self._membership_changed(event.my_chat_member)
        return await handler(event, data)

    async def _membership_changed(self, change: ChatMemberUpdated) -> None:
        if may_speak(change):
            await self._open_chat(change.chat.id)
        else:
            await self._close_chat(change.chat.id, str(change.new_chat_member.status))


def may_speak(change: ChatMemberUpdated) -> bool:
    member = change.new_chat_member
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return member.status not in _OUT


def _migration(message: Message | None) -> tuple[int, int] | None:
    """(old chat id, new chat id). Told once in either chat."""
    if message is None:
        return None
    if message.migrate_to_chat_id is not None:
        return message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        return message.migrate_from_chat_id, message.chat.id
    return None
