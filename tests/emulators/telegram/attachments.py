"""Files in a person's hands, and the messages that they become."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from tests.emulators.telegram.entities import detect_entities
from tests.emulators.telegram.files import FileStore
from tests.emulators.telegram.media_content import MediaKind, media_content


@dataclass(frozen=True, slots=True)
class Attachment:
    """`duration` in seconds, for sound and video."""

    kind: MediaKind
    data: bytes
    name: str
    mime_type: str | None = None
    duration: int = 0


def photo(data: bytes, name: str = "photo.jpg") -> Attachment:
    return Attachment("photo", data, name, "image/jpeg")


def voice(data: bytes, duration: int = 3) -> Attachment:
    return Attachment("voice", data, "voice.ogg", "audio/ogg", duration)


def audio(data: bytes, name: str = "track.mp3", duration: int = 60) -> Attachment:
    return Attachment("audio", data, name, None, duration)


def document(data: bytes, name: str, mime_type: str | None = None) -> Attachment:
    return Attachment("document", data, name, mime_type)


def video_note(data: bytes, duration: int = 5) -> Attachment:
    return Attachment("video_note", data, "note.mp4", "video/mp4", duration)


def attachment_contents(
    files: FileStore, attachments: Sequence[Attachment], caption: str | None
) -> list[dict[str, object]]:
    """Fields of one Message per attachment; several form an album, whose first message carries the caption."""
    album = {"media_group_id": str(secrets.randbits(53))} if len(attachments) > 1 else {}
    contents: list[dict[str, object]] = []
    for attachment in attachments:
        stored = files.add(attachment.kind, attachment.data, attachment.name, attachment.mime_type)
        contents.append({**media_content(attachment.kind, stored, duration=attachment.duration), **album})
    if caption and contents:
        contents[0] |= {"caption": caption, "caption_entities": detect_entities(caption) or None}
    return contents
