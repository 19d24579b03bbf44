"""Changing and deleting what was sent, ephemeral messages included."""

from aiogram import methods as api
from aiogram.types import Message

from tests.emulators.telegram.addressing import AddressBook, ChatId, given
from tests.emulators.telegram.chats import Chat, StoredMessage
from tests.emulators.telegram.entities import format_text
from tests.emulators.telegram.errors import bad_request, not_emulated
from tests.emulators.telegram.keyboards import checked_keyboard
from tests.emulators.telegram.media_content import MediaKind
from tests.emulators.telegram.messages import MessageBoard
from tests.emulators.telegram.methods.media import MediaMethods, checked_caption
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.methods.texts import checked_text, text_content
from tests.emulators.telegram.rich import compose_rich
from tests.emulators.telegram.state import TelegramState

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
DELETION_SECONDS = 48 * 3600
COMPARED = ("text", "entities", "caption", "caption_entities", "rich_message")
MAX_DELETED = 100

EDITABLE: dict[str, MediaKind] = {
    "animation": "animation",
    "audio": "audio",
    "document": "document",
    "photo": "photo",
    "video": "video",
}

TextEdit = api.EditMessageText | api.EditEphemeralMessageText


class EditingMethods:
    def __init__(self, state: TelegramState, board: MessageBoard, addresses: AddressBook, media: MediaMethods) -> None:
        self._media = media
        self._state = state
        self._board = board
        self._addresses = addresses

    def handlers(self) -> Handlers:
        return {
            api.EditMessageText: self.edit_text,
            api.EditMessageCaption: self.edit_caption,
            api.EditMessageMedia: self.edit_media,
            api.EditMessageReplyMarkup: self.edit_keyboard,
            api.DeleteMessage: self.delete,
            api.DeleteMessages: self.delete_many,
            api.EditEphemeralMessageText: self.edit_ephemeral_text,
            api.EditEphemeralMessageReplyMarkup: self.edit_ephemeral_keyboard,
            api.DeleteEphemeralMessage: self.delete_ephemeral,
        }

    async def edit_text(self, call: api.EditMessageText) -> Message:
        stored = self._own_message(call.chat_id, call.message_id, call.inline_message_id)
        return self._replace_text(stored, call)

    async def edit_caption(self, call: api.EditMessageCaption) -> Message:
        stored = self._own_message(call.chat_id, call.message_id, call.inline_message_id)
        if stored.message.text is not None or stored.message.rich_message is not None:
            raise bad_request("there is no caption in the message to edit")
        caption = format_text(call.caption or "", given(call.parse_mode), call.caption_entities, self._state.user)
        keyboard = checked_keyboard(call.reply_markup, private_chat=stored.chat.is_private)
        content = checked_caption(caption)
        self._check_modified(stored, content, keyboard)
        return self._board.edit(stored, content, keyboard).message

    async def edit_media(self, call: api.EditMessageMedia) -> Message:
        """Media in the place of media, of a text or of a rich message; voices, video notes and the like stay."""
        stored = self._own_message(call.chat_id, call.message_id, call.inline_message_id)
        shown = stored.message
        if shown.text is None and shown.rich_message is None and not any(getattr(shown, kind) for kind in EDITABLE):
            raise bad_request("message can't be edited")
        if shown.media_group_id is not None and call.media.type not in _same_album(shown):
            raise bad_request("message content type can't be changed in an album")
        place = {"message_id": shown.message_id, "date": shown.date, "chat": shown.chat}
        new = Message.model_validate({**place, **self._media.content_of(call.media, EDITABLE)})
        content = {name: getattr(new, name) for name in (*EDITABLE, "caption", "caption_entities")}
        keyboard = checked_keyboard(call.reply_markup, private_chat=stored.chat.is_private)
        if all(_file_of(shown, kind) == _file_of(new, kind) for kind in EDITABLE):
            self._check_modified(stored, content, keyboard)
        return self._board.edit(stored, content, keyboard).message

    async def edit_keyboard(self, call: api.EditMessageReplyMarkup) -> Message:
        stored = self._own_message(call.chat_id, call.message_id, call.inline_message_id)
        keyboard = checked_keyboard(call.reply_markup, private_chat=stored.chat.is_private)
        if keyboard == stored.message.reply_markup:
            raise bad_request(NOT_MODIFIED)
        return self._board.edit_keyboard(stored, keyboard).message

    async def delete(self, call: api.DeleteMessage) -> bool:
        chat = self._addresses.chat(call.chat_id)
        stored = self._addresses.message(chat, call.message_id, "message to delete not found")
        if not self._may_delete(stored):
            raise bad_request("message can't be deleted for everyone")
        self._board.delete(stored)
        return True

    async def delete_many(self, call: api.DeleteMessages) -> bool:
        if len(call.message_ids) > MAX_DELETED:
            raise bad_request("too many message identifiers specified")
        chat = self._addresses.chat(call.chat_id)
        found = [chat.messages[message_id] for message_id in call.message_ids if message_id in chat.messages]
        if not all(self._may_delete(stored) for stored in found):
            raise bad_request("message can't be deleted for everyone")
        for stored in found:
            self._board.delete(stored)
        return True

    async def edit_ephemeral_text(self, call: api.EditEphemeralMessageText) -> bool:
        self._replace_text(self._ephemeral(call.chat_id, call.receiver_user_id, call.ephemeral_message_id), call)
        return True

    async def edit_ephemeral_keyboard(self, call: api.EditEphemeralMessageReplyMarkup) -> bool:
        stored = self._ephemeral(call.chat_id, call.receiver_user_id, call.ephemeral_message_id)
        self._board.edit_keyboard(stored, checked_keyboard(call.reply_markup, private_chat=False))
        return True

    async def delete_ephemeral(self, call: api.DeleteEphemeralMessage) -> bool:
        self._board.delete(self._ephemeral(call.chat_id, call.receiver_user_id, call.ephemeral_message_id))
        return True

    def _replace_text(self, stored: StoredMessage, call: TextEdit) -> Message:
        if stored.message.text is None and stored.message.rich_message is None:
            raise bad_request("there is no text in the message to edit")
        if call.rich_message is not None:
            content: dict[str, object] = {"rich_message": compose_rich(call.rich_message)}
        else:
            formatted = checked_text(call.text, call.parse_mode, call.entities, self._state.user)
            content = text_content(formatted, call.link_preview_options)
        keyboard = checked_keyboard(call.reply_markup, private_chat=stored.chat.is_private)
        self._check_modified(stored, content, keyboard)
        return self._board.edit(stored, content, keyboard, call.rich_message).message

    def _check_modified(self, stored: StoredMessage, content: dict[str, object], keyboard: object) -> None:
        current = stored.message
        same = all(getattr(current, name) == content.get(name) for name in COMPARED)
        if same and current.reply_markup == keyboard:
            raise bad_request(NOT_MODIFIED)

    def _own_message(self, chat_id: ChatId, message_id: int | None, inline_id: str | None) -> StoredMessage:
        if inline_id is not None:
            raise not_emulated("editing inline messages")
        chat = self._addresses.open_chat(chat_id)
        stored = self._addresses.message(chat, message_id, "message to edit not found")
        if stored.sender.id != self._state.bot.id or stored.message.forward_origin is not None:
            raise bad_request("message can't be edited")
        return stored

    def _may_delete(self, stored: StoredMessage) -> bool:
        """Own and (in private chats) incoming messages for 48 hours; as an administrator, any."""
        own = stored.chat.membership(self._state.bot.id)
        if own and own.is_admin and not stored.chat.is_private:
            return True
        young = self._state.now() - stored.message.date.timestamp() < DELETION_SECONDS
        return young and (stored.chat.is_private or stored.sender.id == self._state.bot.id)

    def _ephemeral(self, chat_id: ChatId, receiver_id: int, message_id: int) -> StoredMessage:
        chat: Chat = self._addresses.open_chat(chat_id)
        stored = chat.ephemeral.get(message_id)
        if stored is None or stored.visible_to != receiver_id or stored.sender.id != self._state.bot.id:
            raise bad_request("message to edit not found")
        return stored


def _same_album(shown: Message) -> tuple[str, ...]:
    """Albums of sounds and of documents keep to their kind; pictures and videos may be mixed."""
    for kind in ("audio", "document"):
        if getattr(shown, kind):
            return (kind,)
    return ("photo", "video")


def _file_of(shown: Message, kind: str) -> str | None:
    media = getattr(shown, kind)
    media = media[-1] if isinstance(media, list) else media
    return media.file_unique_id if media else None
