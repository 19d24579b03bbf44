"""copyMessage(s) and forwardMessage(s)."""

from aiogram import methods as api
from aiogram import types
from aiogram.types import Message

from tests.emulators.telegram.addressing import AddressBook, ChatId, given
from tests.emulators.telegram.chats import StoredMessage
from tests.emulators.telegram.entities import format_text
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.inbox import is_service
from tests.emulators.telegram.keyboards import checked_keyboard
from tests.emulators.telegram.messages import Content, MessageBoard
from tests.emulators.telegram.methods.media import checked_caption
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.state import TelegramState

CARRIED = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "rich_message",
)


def carried_content(message: Message) -> Content:
    """What a copy of the message says: everything but who said it and the buttons."""
    return {name: getattr(message, name) for name in CARRIED if getattr(message, name) is not None}


def forward_content(stored: StoredMessage) -> Content:
    """The same with the origin; a forward of a forward keeps the first origin."""
    message = stored.message
    origin = message.forward_origin or types.MessageOriginUser.model_validate(
        {"type": "user", "date": message.date, "sender_user": stored.sender}
    )
    return {**carried_content(message), "forward_origin": origin}


class CopyingMethods:
    def __init__(self, state: TelegramState, board: MessageBoard, addresses: AddressBook) -> None:
        self._state = state
        self._board = board
        self._addresses = addresses

    def handlers(self) -> Handlers:
        return {
            api.CopyMessage: self.copy,
            api.CopyMessages: self.copy_many,
            api.ForwardMessage: self.forward,
            api.ForwardMessages: self.forward_many,
        }

    async def copy(self, call: api.CopyMessage) -> types.MessageId:
        to = self._addresses.destination(call)
        source = self._source(call.from_chat_id, call.message_id, "message to copy not found")
        content = dict(carried_content(source.message))
        if call.caption is not None and source.message.text is None:
            caption = format_text(call.caption, given(call.parse_mode), call.caption_entities, self._state.user)
            content |= {"caption_entities": None, **checked_caption(caption)}
        keyboard = checked_keyboard(call.reply_markup, private_chat=to.chat.is_private)
        stored = self._board.post(
            to.chat, self._state.bot, content, topic_id=to.topic_id, reply_to=to.reply_to, keyboard=keyboard
        )
        return types.MessageId(message_id=stored.id)

    async def copy_many(self, call: api.CopyMessages) -> list[types.MessageId]:
        to = self._addresses.destination(call)
        sources = self._sources(call.from_chat_id, call.message_ids, "messages to copy not found")
        contents = [carried_content(source.message) for source in sources]
        posted = [self._board.post(to.chat, self._state.bot, content, topic_id=to.topic_id) for content in contents]
        return [types.MessageId(message_id=stored.id) for stored in posted]

    async def forward(self, call: api.ForwardMessage) -> Message:
        to = self._addresses.destination(call)
        source = self._source(call.from_chat_id, call.message_id, "message to forward not found")
        return self._board.post(to.chat, self._state.bot, forward_content(source), topic_id=to.topic_id).message

    async def forward_many(self, call: api.ForwardMessages) -> list[types.MessageId]:
        to = self._addresses.destination(call)
        sources = self._sources(call.from_chat_id, call.message_ids, "messages to forward not found")
        contents = [forward_content(source) for source in sources]
        posted = [self._board.post(to.chat, self._state.bot, content, topic_id=to.topic_id) for content in contents]
        return [types.MessageId(message_id=stored.id) for stored in posted]

    def _source(self, chat_id: ChatId, message_id: int, refusal: str) -> StoredMessage:
        stored = self._addresses.message(self._addresses.chat(chat_id), message_id, refusal)
        if is_service(stored.message):
            raise bad_request("message can't be copied" if "copy" in refusal else "message can't be forwarded")
        return stored

    def _sources(self, chat_id: ChatId, message_ids: list[int], refusal: str) -> list[StoredMessage]:
        """Missing ones are skipped; when all are missing the call is refused."""
        chat = self._addresses.chat(chat_id)
        found = [chat.messages[message_id] for message_id in message_ids if message_id in chat.messages]
        if not found:
            raise bad_request(refusal)
        return found
