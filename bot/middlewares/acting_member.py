"""Who speaks, where, and in which language: read once, handed to every handler by name."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update, User
from aiogram.types import Chat as TelegramChat

from handlers.i18n import Catalogues
from services.assistant.recognize_chat import RecognizeChat
from services.assistant.recognize_member import RecognizeMember
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.member import Member

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
        if not isinstance(event, Update) or (user is None and event.stopped_message_generation is None):
            return None  # channel posts: nobody of the team is speaking
        if user is not None and user.is_bot:
            return None
        speaker = self._speaker(user) if user else self._recognize_member.find(data["event_chat"].id)
        # Two reads at once, because every update waits for them; gather keeps the error what it is.
        member, place = await asyncio.gather(speaker, self._chat(event, data, user))
        language = self._catalogues.choose(member.language if member else None, user.language_code if user else None)
        data["member"] = member
        data["language"] = language
        data["texts"] = self._catalogues.texts(language)
        data["chat"] = place
        data["address"] = _address(event, data["chat"].id)
        return await handler(event, data)

    async def _speaker(self, user: User) -> Member | None:
        client = self._catalogues.known(user.language_code)
        return await self._recognize_member(user.id, user.full_name, user.username, client)

    async def _chat(self, event: Update, data: dict[str, Any], user: User | None) -> Chat:
        """Updates without a chat count as said in private. Telegram's Stop button names the chat only, and it exists in
        private chats, whose id is the person's."""
        chat: TelegramChat | None = data.get("event_chat")
        if chat is not None:
            # That the bot was thrown out is no sign of life from there.
            is_open = event.my_chat_member is None
            title = chat.title or (chat.full_name if chat.first_name else "")
            return await self._recognize_chat(chat.id, ChatKind(chat.type), title, is_open=is_open)
        assert user is not None  # noqa: S101 - __call__ lets only one update without a user in, and that has a chat
        return await self._recognize_chat(user.id, ChatKind.PRIVATE, user.full_name)


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
