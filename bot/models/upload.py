"""A form with a file, read within bounds: what is too large is refused before it is all here."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.models.refusal import Refusal

MOST_BYTES = 25 * 1024 * 1024
"""OpenAI's own limit on a file: https://platform.openai.com/docs/guides/speech-to-text"""
_MOST_AROUND = 256 * 1024
"""Of the other fields and the form itself."""
_LONGEST_FIELD = 64 * 1024
_MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Upload:
    file: bytes
    fields: dict[str, str]


async def read_upload(request: Request) -> Upload:
    """Raises Refusal."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise Refusal(400, "a form with a file is expected (multipart/form-data)", "invalid_input")
    parser = MultiPartParser(
        request.headers, _bounded(request), max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError, AssertionError) as error:
        raise Refusal(400, "the form cannot be read", "invalid_input") from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refusal(400, "the field `file` is missing", "invalid_input")
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return Upload(_not_too_large(await file.read()), fields)
    finally:
        await form.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES + _MOST_AROUND:
            raise _too_large()
        yield chunk


def _not_too_large(file: bytes) -> bytes:
    if len(file) > MOST_BYTES:
        raise _too_large()
    return file


def _too_large() -> Refusal:
    return Refusal(413, f"a file may have {MOST_BYTES // 1024 // 1024} MB", "file_too_large")
