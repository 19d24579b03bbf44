"""sendMessage, sendRichMessage and the drafts."""

from aiogram import methods as api
from aiogram import types
from aiogram.client.default import Default
from aiogram.types import Message

from tests.emulators.telegram.addressing import AddressBook, given
from tests.emulators.telegram.chats import Chat, StoredMessage
from tests.emulators.telegram.drafts import DRAFT_LIFETIME, Draft, DraftBoard
from tests.emulators.telegram.entities import format_text
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.keyboards import checked_keyboard
from tests.emulators.telegram.messages import MessageBoard
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.rich import compose_rich
from tests.emulators.telegram.state import TelegramState
from tests.emulators.telegram.text_builder import FormattedText, UserLookup
from tests.emulators.telegram.utf16 import utf16_length

MAX_TEXT = 4096


def checked_text(
    text: str | None, parse_mode: str | Default | None, entities: list[types.MessageEntity] | None, users: UserLookup
) -> FormattedText:
    """1..4096 UTF-16 units after parsing. Raises ApiError 400."""
    formatted = format_text(text or "", given(parse_mode), entities, users)
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return formatted


def text_content(formatted: FormattedText, preview: object = None) -> dict[str, object]:
    """Fields of Message for a text."""
    content: dict[str, object] = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = list(formatted.entities)
    if isinstance(preview, types.LinkPreviewOptions):
        content["link_preview_options"] = preview
    return content


class TextMethods:
    def __init__(self, state: TelegramState, board: MessageBoard, drafts: DraftBoard, addresses: AddressBook) -> None:
        self._state = state
        self._board = board
        self._drafts = drafts
        self._addresses = addresses

    def handlers(self) -> Handlers:
        return {
            api.SendMessage: self.send_message,
            api.SendRichMessage: self.send_rich_message,
            api.SendMessageDraft: self.send_message_draft,
            api.SendRichMessageDraft: self.send_rich_message_draft,
        }

    async def send_message(self, call: api.SendMessage) -> Message:
        to = self._addresses.destination(call)
        formatted = checked_text(call.text, call.parse_mode, call.entities, self._state.user)
        keyboard = checked_keyboard(call.reply_markup, private_chat=to.chat.is_private)
        stored = self._board.post(
            to.chat,
            self._state.bot,
            text_content(formatted, call.link_preview_options),
            topic_id=to.topic_id,
            reply_to=to.reply_to,
            keyboard=keyboard,
            visible_to=to.visible_to,
        )
        return self._sent(stored, call.reply_markup)

    async def send_rich_message(self, call: api.SendRichMessage) -> Message:
        to = self._addresses.destination(call)
        rich = compose_rich(call.rich_message)
        keyboard = checked_keyboard(call.reply_markup, private_chat=to.chat.is_private)
        stored = self._board.post(
            to.chat,
            self._state.bot,
            {"rich_message": rich},
            topic_id=to.topic_id,
            reply_to=to.reply_to,
            keyboard=keyboard,
            visible_to=to.visible_to,
            rich_source=call.rich_message,
        )
        return self._sent(stored, call.reply_markup)

    async def send_message_draft(self, call: api.SendMessageDraft) -> bool:
        chat = self._draft_chat(call.chat_id, call.draft_id)
        formatted = format_text(call.text or "", given(call.parse_mode), call.entities, self._state.user)
        if utf16_length(formatted.text) > MAX_TEXT:
            raise bad_request("message is too long")
        self._drafts.show(self._draft(call, chat, formatted, None))
        return True

    async def send_rich_message_draft(self, call: api.SendRichMessageDraft) -> bool:
        chat = self._draft_chat(call.chat_id, call.draft_id)
        rich = compose_rich(call.rich_message, draft=True)
        draft = self._draft(call, chat, FormattedText(""), rich)
        draft.rich_source = call.rich_message
        self._drafts.show(draft)
        return True

    def _draft(
        self,
        call: api.SendMessageDraft | api.SendRichMessageDraft,
        chat: Chat,
        content: FormattedText,
        rich: types.RichMessage | None,
    ) -> Draft:
        return Draft(
            id=call.draft_id,
            chat=chat,
            topic_id=self._addresses.topic(chat, call.message_thread_id),
            content=content,
            rich_message=rich,
            rich_source=None,
            can_stop=bool(call.can_stop),
            keep_on_stop=bool(call.keep_on_stop),
            expires_at=self._state.clock.now() + DRAFT_LIFETIME,
        )

    def _draft_chat(self, chat_id: int, draft_id: int) -> Chat:
        chat = self._addresses.open_chat(chat_id)
        if not chat.is_private:
            raise bad_request("message drafts can be sent only to private chats")
        if draft_id == 0:
            raise bad_request("RANDOM_ID_INVALID")
        return chat

    def _sent(self, stored: StoredMessage, markup: object) -> Message:
        if isinstance(markup, types.ReplyKeyboardMarkup | types.ReplyKeyboardRemove | types.ForceReply):
            stored.reply_keyboard = markup.model_dump(mode="json", exclude_none=True)
        if stored.chat.is_private:
            self._drafts.finish(stored.chat, stored.topic_id)
        return stored.message
