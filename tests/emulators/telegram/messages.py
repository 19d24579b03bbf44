"""Posting, changing and removing messages, whoever does it; keeps history and tells the listeners."""

from collections.abc import Mapping

from aiogram import types
from aiogram.types import InlineKeyboardMarkup, Message, User

from tests.emulators.telegram.chats import GENERAL_TOPIC, Chat, StoredMessage
from tests.emulators.telegram.events import Event, EventKind
from tests.emulators.telegram.state import TelegramState

Content = Mapping[str, object]
# Fields that make up what a message says; an edit replaces them all.
CONTENT_FIELDS = ("text", "entities", "caption", "caption_entities", "rich_message", "link_preview_options")


class MessageBoard:
    def __init__(self, state: TelegramState) -> None:
        self._state = state

    def post(
        self,
        chat: Chat,
        sender: User,
        content: Content,
        *,
        topic_id: int | None = None,
        reply_to: StoredMessage | None = None,
        keyboard: InlineKeyboardMarkup | None = None,
        visible_to: User | None = None,
        rich_source: types.InputRichMessage | None = None,
    ) -> StoredMessage:
        """Adds a message at the end of a chat. `content` holds fields of Message, valid by construction."""
        fields: dict[str, object] = {
            "message_id": 0 if visible_to else chat.next_id(),
            "date": self._state.now(),
            "chat": chat.info,
            "from_user": sender,
            **{name: value for name, value in content.items() if value is not None},
        }
        fields |= thread_fields(chat, topic_id, reply_to)
        if keyboard is not None:
            fields["reply_markup"] = keyboard
        if visible_to is not None:
            fields |= {"ephemeral_message_id": chat.next_ephemeral_id(), "receiver_user": visible_to}
        number = self._state.next_sequence()
        stored = StoredMessage(
            message=Message.model_validate(fields),
            chat=chat,
            sender=sender,
            posted=number,
            sequence=number,
            topic_id=topic_id,
            visible_to=visible_to.id if visible_to else None,
            rich_source=rich_source,
        )
        (chat.ephemeral if visible_to else chat.messages)[stored.id] = stored
        self._tell("message", stored)
        return stored

    def edit(
        self,
        stored: StoredMessage,
        content: Content,
        keyboard: InlineKeyboardMarkup | None,
        rich_source: types.InputRichMessage | None = None,
    ) -> StoredMessage:
        """Replaces what the message says and its keyboard."""
        cleared: dict[str, object] = dict.fromkeys(CONTENT_FIELDS)
        self._change(stored, {**cleared, **content, "reply_markup": keyboard, "edit_date": self._state.now()})
        stored.rich_source = rich_source
        self._tell("edit", stored)
        return stored

    def edit_keyboard(self, stored: StoredMessage, keyboard: InlineKeyboardMarkup | None) -> StoredMessage:
        self._change(stored, {"reply_markup": keyboard, "edit_date": self._state.now()})
        self._tell("edit", stored)
        return stored

    def delete(self, stored: StoredMessage) -> None:
        chat = stored.chat
        (chat.ephemeral if stored.visible_to else chat.messages).pop(stored.id, None)
        if not stored.visible_to and stored.id in chat.pinned:
            chat.pinned.remove(stored.id)
        stored.sequence = self._state.next_sequence()
        self._tell("delete", stored)

    def tell_changed(self, stored: StoredMessage, kind: EventKind) -> None:
        """For changes that leave the text alone: reactions and pins."""
        stored.sequence = self._state.next_sequence()
        self._tell(kind, stored)

    def _change(self, stored: StoredMessage, fields: dict[str, object]) -> None:
        stored.history.append(stored.message)
        stored.message = stored.message.model_copy(update=fields)
        stored.sequence = self._state.next_sequence()

    def _tell(self, kind: EventKind, stored: StoredMessage) -> None:
        self._state.events.publish(Event(kind, stored.chat.id, stored, stored.visible_to))


def thread_fields(chat: Chat, topic_id: int | None, reply_to: StoredMessage | None) -> dict[str, object]:
    """Thread and reply of a new message, with two surprises of the real server.

    In a topic, a message that answers nothing answers the service message that opened the topic. Elsewhere in a
    supergroup, a reply has a message_thread_id that is not a topic, and to which nothing can be sent.
    """
    fields: dict[str, object] = {}
    if topic_id is not None and topic_id != GENERAL_TOPIC:
        fields |= {"message_thread_id": topic_id, "is_topic_message": True}
        reply_to = reply_to or chat.messages.get(topic_id)
    elif reply_to is not None and chat.kind == "supergroup":
        fields["message_thread_id"] = reply_to.message.message_thread_id or reply_to.message.message_id
    if reply_to is not None:
        fields["reply_to_message"] = without_reply(reply_to.message)
    return fields


def without_reply(message: Message) -> Message:
    """As it is shown inside a reply: replies are never nested."""
    return message.model_copy(update={"reply_to_message": None}) if message.reply_to_message else message
