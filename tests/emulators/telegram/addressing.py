"""Where a call of the bot goes: the chat, the topic, the message that is answered."""

from dataclasses import dataclass
from typing import Any, TypeVar

from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import ReplyParameters, User

from tests.emulators.telegram.chats import GENERAL_TOPIC, Chat, StoredMessage
from tests.emulators.telegram.errors import ApiError, bad_request, forbidden
from tests.emulators.telegram.state import TelegramState

ChatId = int | str | None
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Destination:
    chat: Chat
    topic_id: int | None
    reply_to: StoredMessage | None
    visible_to: User | None


def given(value: Value | Default) -> Value | None:
    """The value of a parameter, None when the caller left it to the bot's defaults."""
    return None if isinstance(value, Default) else value


class AddressBook:
    def __init__(self, state: TelegramState) -> None:
        self._state = state

    def chat(self, chat_id: ChatId) -> Chat:
        """A chat that the bot knows of. Raises ApiError 400, also with migrate_to_chat_id for an upgraded group."""
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        chat = self._state.find_chat(normal_chat_id(chat_id))
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        return chat

    def open_chat(self, chat_id: ChatId) -> Chat:
        """A chat that the bot may write to. Raises ApiError 400 or 403."""
        chat = self.chat(chat_id)
        if chat.is_private:
            self._check_person(chat)
        elif not chat.has(self._state.bot.id):
            member = chat.membership(self._state.bot.id)
            if member is not None and member.status == "kicked":
                raise forbidden(f"bot was kicked from the {chat.kind} chat")
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def destination(self, call: TelegramMethod[Any]) -> Destination:
        """Resolves chat_id, message_thread_id, reply_parameters and ephemeral_message_parameters of a send method."""
        chat = self.open_chat(getattr(call, "chat_id", None))
        visible_to = self._receiver(chat, call)
        reply_to = self._reply(chat, call)
        topic_id = self._topic(chat, getattr(call, "message_thread_id", None), reply_to)
        return Destination(chat, topic_id, reply_to, visible_to)

    def topic(self, chat: Chat, thread_id: int | None) -> int | None:
        """General has no thread id of its own: sending to "1" is refused, as by the real server."""
        if thread_id is None:
            return GENERAL_TOPIC if chat.is_forum else None
        topic = chat.topics.get(thread_id) if chat.is_forum and thread_id != GENERAL_TOPIC else None
        if topic is None:
            raise bad_request("message thread not found")
        if topic.is_closed:
            own = chat.membership(self._state.bot.id)
            if not (own and own.is_admin):
                raise bad_request("TOPIC_CLOSED")
        return topic.id

    def message(self, chat: Chat, message_id: int | None, refusal: str) -> StoredMessage:
        stored = chat.messages.get(message_id) if message_id else None
        if stored is None:
            raise bad_request(refusal)
        return stored

    def _check_person(self, chat: Chat) -> None:
        if chat.id in self._state.deactivated:
            raise forbidden("user is deactivated")
        if chat.id in self._state.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.id not in self._state.started:
            raise forbidden("bot can't initiate conversation with a user")

    def _topic(self, chat: Chat, thread_id: int | None, reply_to: StoredMessage | None) -> int | None:
        if thread_id is None and reply_to is not None and chat.is_forum:
            return reply_to.topic_id
        return self.topic(chat, thread_id)

    def _reply(self, chat: Chat, call: TelegramMethod[Any]) -> StoredMessage | None:
        parameters: ReplyParameters | None = getattr(call, "reply_parameters", None)
        legacy_id: int | None = getattr(call, "reply_to_message_id", None)
        if parameters is None and legacy_id is None:
            return None
        if parameters is not None and parameters.ephemeral_message_id:
            return chat.ephemeral.get(parameters.ephemeral_message_id)
        message_id = parameters.message_id if parameters is not None else legacy_id
        reply_chat = chat
        if parameters is not None and parameters.chat_id is not None:
            reply_chat = self.chat(parameters.chat_id)
        stored = reply_chat.messages.get(message_id or 0)
        if stored is not None:
            return stored
        optional = given(parameters.allow_sending_without_reply) if parameters else None
        if optional or getattr(call, "allow_sending_without_reply", None):
            return None
        raise bad_request("message to be replied not found")

    def _receiver(self, chat: Chat, call: TelegramMethod[Any]) -> User | None:
        parameters = getattr(call, "ephemeral_message_parameters", None)
        user_id = parameters.receiver_user_id if parameters else getattr(call, "receiver_user_id", None)
        if user_id is None:
            return None
        if chat.is_private:
            raise bad_request("ephemeral messages can be sent only to groups and supergroups")
        return self.member(chat, user_id)

    def member(self, chat: Chat, user_id: int) -> User:
        member = chat.membership(user_id)
        if member is None or not member.present:
            raise bad_request("PARTICIPANT_ID_INVALID")
        return member.user


def normal_chat_id(chat_id: int | str) -> int | str:
    """Form fields carry numbers as text."""
    if isinstance(chat_id, str) and chat_id.removeprefix("-").isdecimal():
        return int(chat_id)
    return chat_id
