"""sendPhoto and its kin, albums, getFile."""

import secrets
from collections.abc import Mapping

from aiogram import methods as api
from aiogram import types
from aiogram.types import InputFile, Message

from tests.emulators.telegram.addressing import AddressBook, given
from tests.emulators.telegram.drafts import DraftBoard
from tests.emulators.telegram.entities import format_text
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.files import MAX_DOWNLOAD_BYTES
from tests.emulators.telegram.keyboards import checked_keyboard
from tests.emulators.telegram.media_content import MediaKind, media_content
from tests.emulators.telegram.messages import MessageBoard
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.state import TelegramState
from tests.emulators.telegram.text_builder import FormattedText
from tests.emulators.telegram.utf16 import utf16_length
from tests.emulators.telegram.voice_content import check_voice

MAX_CAPTION = 1024
ALBUM_SIZE = range(2, 11)

SingleMedia = (
    api.SendPhoto
    | api.SendDocument
    | api.SendVoice
    | api.SendAudio
    | api.SendVideo
    | api.SendVideoNote
    | api.SendAnimation
)
KINDS: dict[type, MediaKind] = {
    api.SendPhoto: "photo",
    api.SendDocument: "document",
    api.SendVoice: "voice",
    api.SendAudio: "audio",
    api.SendVideo: "video",
    api.SendVideoNote: "video_note",
    api.SendAnimation: "animation",
}
ALBUM_KINDS: dict[str, MediaKind] = {"photo": "photo", "document": "document", "audio": "audio", "video": "video"}


def checked_caption(formatted: FormattedText) -> dict[str, object]:
    """Fields of Message for a caption of at most 1024 UTF-16 units. Raises ApiError 400."""
    if utf16_length(formatted.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    content: dict[str, object] = {"caption": formatted.text or None}
    if formatted.entities:
        content["caption_entities"] = list(formatted.entities)
    return content


class MediaMethods:
    def __init__(self, state: TelegramState, board: MessageBoard, drafts: DraftBoard, addresses: AddressBook) -> None:
        self._state = state
        self._board = board
        self._drafts = drafts
        self._addresses = addresses

    def handlers(self) -> Handlers:
        return {
            **dict.fromkeys(KINDS, self.send_media),
            api.SendMediaGroup: self.send_album,
            api.GetFile: self.get_file,
        }

    async def send_media(self, call: SingleMedia) -> Message:
        to = self._addresses.destination(call)
        kind = KINDS[type(call)]
        source: InputFile | str = getattr(call, kind)
        content = self._media(kind, source, call) | self._caption(call)
        stored = self._board.post(
            to.chat,
            self._state.bot,
            content,
            topic_id=to.topic_id,
            reply_to=to.reply_to,
            keyboard=checked_keyboard(call.reply_markup, private_chat=to.chat.is_private),
            visible_to=to.visible_to,
        )
        self._drafts.finish(to.chat, to.topic_id)
        return stored.message

    async def send_album(self, call: api.SendMediaGroup) -> list[Message]:
        to = self._addresses.destination(call)
        if len(call.media) not in ALBUM_SIZE:
            raise bad_request("group send failed: there must be 2-10 media")
        contents = [self.content_of(item, ALBUM_KINDS) for item in call.media]
        album_id = str(secrets.randbits(53))
        stored = [
            self._board.post(
                to.chat,
                self._state.bot,
                {**content, "media_group_id": album_id},
                topic_id=to.topic_id,
                reply_to=to.reply_to,
            )
            for content in contents
        ]
        self._drafts.finish(to.chat, to.topic_id)
        return [item.message for item in stored]

    async def get_file(self, call: api.GetFile) -> types.File:
        stored = self._state.files.get(call.file_id)
        if stored.size > MAX_DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        return types.File(
            file_id=stored.file_id,
            file_unique_id=stored.file_unique_id,
            file_size=stored.size,
            file_path=stored.path,
        )

    def content_of(self, item: types.InputMediaUnion, kinds: Mapping[str, MediaKind]) -> dict[str, object]:
        """Fields of Message. Raises ApiError 400 for a type that is none of `kinds`."""
        kind = kinds.get(str(item.type))
        if kind is None:
            raise bad_request(f"wrong InputMedia type: {item.type}")
        return self._media(kind, item.media, item) | self._caption(item)

    def _media(self, kind: MediaKind, source: InputFile | str, details: object) -> dict[str, object]:
        file = self._state.files.accept(kind, source)
        if kind == "voice":
            check_voice(file.data)
        duration = getattr(details, "duration", None)
        return media_content(
            kind,
            file,
            duration=duration if isinstance(duration, int) else 0,
            title=getattr(details, "title", None),
            performer=getattr(details, "performer", None),
        )

    def _caption(self, source: object) -> dict[str, object]:
        text: str | None = getattr(source, "caption", None)
        mode = given(getattr(source, "parse_mode", None))
        entities: list[types.MessageEntity] | None = getattr(source, "caption_entities", None)
        return checked_caption(format_text(text or "", mode, entities, self._state.user))
