"""/v1/files. Source: platform.openai.com/docs/api-reference/files."""

import time
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError

BATCH_FILE_BYTES = 200 * 1024 * 1024
PURPOSES = frozenset({"assistants", "batch", "fine-tune", "vision", "user_data", "evals"})


@dataclass(slots=True)
class StoredFile:
    id: str
    name: str
    purpose: str
    content: bytes
    created_at: int = field(default_factory=lambda: int(time.time()))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": self.created_at,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
            "expires_at": None,
        }


class FileShelf:
    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}
        self._numbers = count(1)

    def add(self, name: str, purpose: str, content: bytes) -> StoredFile:
        file = StoredFile(f"file-{next(self._numbers):06d}", name, purpose, content)
        self.files[file.id] = file
        return file

    def get(self, file_id: str) -> StoredFile:
        """Raises ApiError 404."""
        if file_id not in self.files:
            raise ApiError(404, f"No such File object: {file_id}", param="id")
        return self.files[file_id]


def files_router(emulator: OpenAIEmulator, shelf: FileShelf) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/files")
    async def upload(
        request: Request, file: Annotated[UploadFile, File()], purpose: Annotated[str, Form()]
    ) -> dict[str, Any]:
        content, name = await file.read(), file.filename or "upload"
        with emulator.call(request, "files", "", {"filename": name, "bytes": len(content), "purpose": purpose}) as call:
            await admit(emulator, request, call)
            _check(name, content, purpose)
            call.end("finished")
            return shelf.add(name, purpose, content).as_json()

    @router.get("/v1/files")
    async def list_files(
        purpose: str | None = None,
        limit: int = 10_000,
        after: str | None = None,
        order: Literal["asc", "desc"] = "desc",
    ) -> dict[str, Any]:
        if not emulator.settings.has_batches:
            raise ApiError(404, "Invalid URL (GET /v1/files)")
        known = [file.as_json() for file in shelf.files.values() if purpose in (None, file.purpose)]
        return a_page(known[::-1] if order == "desc" else known, limit, after, most=10_000)

    @router.get("/v1/files/{file_id}")
    async def show(file_id: str) -> dict[str, Any]:
        return shelf.get(file_id).as_json()

    @router.get("/v1/files/{file_id}/content")
    async def content(file_id: str) -> Response:
        return Response(shelf.get(file_id).content, media_type="application/octet-stream")

    @router.delete("/v1/files/{file_id}")
    async def delete(file_id: str) -> dict[str, Any]:
        shelf.get(file_id)
        del shelf.files[file_id]
        return {"id": file_id, "object": "file", "deleted": True}

    return router


def _check(name: str, content: bytes, purpose: str) -> None:
    """Raises ApiError."""
    if purpose not in PURPOSES:
        raise ApiError(400, f"'{purpose}' is not one of {sorted(PURPOSES)} - 'purpose'", param="purpose")
    if not content:
        raise ApiError(400, "File is empty.", param="file")
    if purpose == "batch" and not name.endswith(".jsonl"):
        raise ApiError(400, "Invalid file format for Batch API. Must be .jsonl", param="file")
    if len(content) > BATCH_FILE_BYTES:
        raise ApiError(413, "File is too large.", param="file")


async def admit(emulator: OpenAIEmulator, request: Request, call: Any) -> Any:
    """A provider without batches does not know these addresses."""
    if not emulator.settings.has_batches:
        raise ApiError(404, f"Invalid URL ({request.method} {request.url.path})")
    return await emulator.admit(request, call)


def a_page(items: list[dict[str, Any]], limit: int, after: str | None, *, most: int) -> dict[str, Any]:
    """Raises ApiError 400."""
    if not 1 <= limit <= most:
        raise ApiError(400, f"Invalid 'limit': expected a value between 1 and {most}.", param="limit")
    if after is not None:
        ids = [item["id"] for item in items]
        if after not in ids:
            raise ApiError(400, f"No such object: {after}", param="after")
        items = items[ids.index(after) + 1 :]
    shown = items[:limit]
    first, last = (shown[0]["id"], shown[-1]["id"]) if shown else (None, None)
    return {"object": "list", "data": shown, "first_id": first, "last_id": last, "has_more": len(items) > limit}
