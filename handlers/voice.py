"""Speech in messages: what it is, and the recording that it becomes."""

from dataclasses import dataclass

from aiogram.types import Audio, Document, Message, Video, VideoNote, Voice

from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member
from services.domain.recording import NewRecording, RecordingKind, SpokenRequest

_SOUNDS = ("audio/", "video/")


@dataclass(frozen=True, slots=True)
class Speech:
    kind: RecordingKind
    file: Voice | Audio | VideoNote | Video | Document

    @property
    def duration_ms(self) -> int | None:
        """Telegram tells 0 where it does not know, and nothing about documents."""
        return (getattr(self.file, "duration", 0) or 0) * 1000 or None


def speech_of(message: Message | None) -> Speech | None:
    """What could be listened to. A silent animation comes as a document with it, and is none."""
    if message is None or message.animation is not None:
        return None
    for kind, file in (
        (RecordingKind.VOICE, message.voice),
        (RecordingKind.VIDEO_NOTE, message.video_note),
        (RecordingKind.AUDIO, message.audio),
        (RecordingKind.VIDEO, message.video),
    ):
        if file is not None:
            return Speech(kind, file)
    if message.document and (message.document.mime_type or "").lower().startswith(_SOUNDS):
        return Speech(RecordingKind.DOCUMENT, message.document)
    return None


def is_own(message: Message, member: Member) -> bool:
    """Said by this person themselves. What they forward are somebody else's words, or their own of another day."""
    return (
        message.forward_origin is None
        and message.from_user is not None
        and (message.from_user.id == member.telegram_id)
    )


def new_recording(
    speech: Speech, member: Member, chat: Chat, address: ChatAddress, language: Language, request: SpokenRequest
) -> NewRecording:
    """`address`: of the message that carries the speech."""
    return NewRecording(
        member_id=member.id,
        project_id=chat.project_id,
        address=address,
        kind=speech.kind,
        language=language,
        file_id=speech.file.file_id,
        file_name=getattr(speech.file, "file_name", None),
        mime_type=getattr(speech.file, "mime_type", None),
        size_bytes=speech.file.file_size,
        duration_ms=speech.duration_ms,
        request=request,
    )
