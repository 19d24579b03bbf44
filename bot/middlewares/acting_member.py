"""Who speaks, where, and in which language: read once, handed to every handler by name."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from handlers.i18n import Catalogues
from services.assistant.recognize_chat import RecognizeChat
from services.assistant.recognize_member import RecognizeMember
from services.domain.chat import Chat, ChatAddress, ChatKind

GENERAL_TOPIC = 1
"""Telegram names the General topic by this id and refuses it as a thread."""


class ActingMember(BaseMiddleware):
    def __init__(
        self, recognize_member: RecognizeMember, recognize_chat: RecognizeChat, catalogues: Catalogues
    ) -> None:
        self._recognize_member = recognize_member
        self._recognize_chat = recognize_chat
        self._catalogues = catalogues

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        user = data.get("event_from_user")
        if not isinstance(event, Update) or user is None or user.is_bot:
            return None  # channel posts and other bots: nobody of the team is speaking
        client = self._catalogues.known(user.language_code)
        member = await self._recognize_member(user.id, user.full_name, user.username, client)
        data["member"] = member
        language = self._catalogues.choose(member.language if member else None, user.language_code)
        data["language"] = language
        data["texts"] = self._catalogues.texts(language)
        data["chat"] = await self._chat(data, user.id, user.full_name)
        data["address"] = _address(event, data["chat"].id)
        return await handler(event, data)

    async def _chat(self, data: dict[str, Any], user_id: int, full_name: str) -> Chat:
        """Inline things have no chat: they count as said in private."""
        chat = data.get("event_chat")
        if chat is None:
            return await self._recognize_chat(user_id, ChatKind.PRIVATE, full_name)
        return await self._recognize_chat(chat.id, ChatKind(chat.type), chat.title or chat.full_name)


def _address(event: Update, chat_id: int) -> ChatAddress:
    message = event.message or event.edited_message
    if message is None and isinstance(event.callback_query, CallbackQuery):
        pressed = event.callback_query.message
        message = pressed if isinstance(pressed, Message) else None
        if message is None and pressed is not None:
            return ChatAddress(chat_id, message_id=pressed.message_id)
    if message is None:
        return ChatAddress(chat_id)
    topic = message.message_thread_id if message.is_topic_message else None
    return ChatAddress(chat_id, None if topic == GENERAL_TOPIC else topic, message.message_id)
