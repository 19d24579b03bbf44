"""Files that people and bots have sent; kept in memory."""

import mimetypes
import secrets
from dataclasses import dataclass
from itertools import count

from aiogram.types import BufferedInputFile, InputFile

from tests.emulators.telegram.errors import ApiError, bad_request, not_emulated

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024
FOLDERS = {"photo": "photos", "voice": "voice", "audio": "music", "document": "documents", "video_note": "video_notes"}


class Upload(BufferedInputFile):
    """A file part of a multipart request, in the place where the method's model expects its file."""

    def __init__(self, data: bytes, filename: str, content_type: str | None) -> None:
        super().__init__(data, filename)
        self.content_type = content_type


@dataclass(frozen=True, slots=True)
class StoredFile:
    file_id: str
    file_unique_id: str
    kind: str
    name: str
    mime_type: str
    data: bytes
    path: str

    @property
    def size(self) -> int:
        return len(self.data)


class FileStore:
    def __init__(self) -> None:
        self._numbers = count(1)
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, data: bytes, name: str, mime_type: str | None = None) -> StoredFile:
        number = next(self._numbers)
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        stored = StoredFile(
            file_id=f"BQACAgIAAx{secrets.token_urlsafe(18)}",
            file_unique_id=f"AgAD{number:08d}",
            kind=kind,
            name=name,
            mime_type=mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
            data=data,
            path=f"{FOLDERS.get(kind, 'documents')}/file_{number}.{suffix}",
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """Raises ApiError 400 for an id that was never given out."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return stored

    def at(self, path: str) -> StoredFile | None:
        """The file behind a download link; None for a wrong link and for a file too big to be downloaded."""
        stored = self._by_path.get(path)
        return stored if stored and stored.size <= MAX_DOWNLOAD_BYTES else None

    def accept(self, kind: str, source: InputFile | str) -> StoredFile:
        """What a bot sent: an upload, or the id of a file already here. Raises ApiError 400 or 413."""
        if isinstance(source, Upload):
            limit = MAX_PHOTO_BYTES if kind == "photo" else MAX_UPLOAD_BYTES
            if not source.data:
                raise bad_request("file must be non-empty")
            if len(source.data) > limit:
                raise ApiError(413, "Request Entity Too Large")
            # Clients that do not look into a file send the general type; Telegram looks for itself.
            told = source.content_type if source.content_type != "application/octet-stream" else None
            return self.add(kind, source.data, source.filename or "file", told)
        if isinstance(source, InputFile):
            raise bad_request("there is no file in the request")
        if source.startswith("attach://"):
            raise bad_request(f"wrong parameter {source[9:]} in the request: the file is not attached")
        if source.startswith(("http://", "https://")):
            raise not_emulated("sending a file by its URL")
        return self.get(source)
