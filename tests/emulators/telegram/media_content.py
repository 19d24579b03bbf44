"""Fields of Message for a stored file, alike for what bots and what people send."""

from typing import Literal

from tests.emulators.telegram.files import StoredFile

MediaKind = Literal["photo", "document", "voice", "audio", "video", "video_note", "animation"]

# The emulator does not decode pictures; every one has the size of a phone's photograph.
PHOTO_SIZE = (1280, 960)
THUMBNAIL_SIZE = (320, 240)


def media_content(
    kind: MediaKind, file: StoredFile, *, duration: int = 0, title: str | None = None, performer: str | None = None
) -> dict[str, object]:
    base: dict[str, object] = {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.size,
    }
    if kind == "photo":
        sizes = [THUMBNAIL_SIZE, PHOTO_SIZE]
        return {"photo": [{**base, "width": width, "height": height} for width, height in sizes]}
    if kind == "document":
        return {"document": {**base, "file_name": file.name, "mime_type": file.mime_type}}
    if kind == "voice":
        return {"voice": {**base, "duration": duration, "mime_type": file.mime_type}}
    if kind == "video_note":
        return {"video_note": {**base, "duration": duration, "length": 240}}
    if kind in ("video", "animation"):
        width, height = PHOTO_SIZE
        return {kind: {**base, "duration": duration, "width": width, "height": height, "mime_type": file.mime_type}}
    tags = {name: value for name, value in (("title", title), ("performer", performer)) if value}
    return {"audio": {**base, "duration": duration, "file_name": file.name, "mime_type": file.mime_type, **tags}}
