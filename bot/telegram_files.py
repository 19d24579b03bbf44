"""Files that people sent, from Telegram. Implements `services.assistant.listening.ports.RecordingSource`, and the part
of `OriginalSource` that is about files.

The cloud server hands out files of up to 20 MB; a server of one's own run with `--local` has no limit, and gives the
path of the file on its disk instead of a link. https://core.telegram.org/bots/api#getfile
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from loguru import logger

from bot.telegram_session import FileDownloadFailed
from services.domain.errors import (
    AudioTooLarge,
    DocumentTooLarge,
    FilesUnavailable,
    MuzaError,
    TelegramFilesUnavailable,
)
from services.domain.learning import Learning
from services.domain.recording import Recording

MEGABYTE = 1024 * 1024
CLOUD_LIMIT_MB = 20
CHUNK_BYTES = 256 * 1024
STALLED_SECONDS = 30.0
"""Nothing came for so long."""
LONGEST_SECONDS = 1800


class TelegramFiles:
    def __init__(self, bot: Bot, *, is_local: bool) -> None:
        """`is_local`: the server runs with `--local`, and its disk is ours."""
        self._bot = bot
        self._is_local = is_local

    async def download(self, recording: Recording, into: Path) -> None:
        await self._download(recording.file_id, recording.size_bytes, into, _audio_too_large)

    async def download_document(self, learning: Learning, into: Path) -> None:
        """Raises DocumentTooLarge, FilesUnavailable, TelegramFilesUnavailable."""

        def too_large(size: int | str) -> MuzaError:
            return DocumentTooLarge(name=learning.file_name, size=size, limit=CLOUD_LIMIT_MB)

        await self._download(learning.place, learning.size_bytes, into, too_large)

    async def _download(self, file_id: str, size: int | None, into: Path, too_large: "_TooLarge") -> None:
        if not self._is_local and size is not None and size > CLOUD_LIMIT_MB * MEGABYTE:
            raise too_large(_megabytes(size))
        path = await self._path_of(file_id, size, too_large)
        if self._is_local and path.startswith("/"):
            await asyncio.to_thread(_copy, Path(path), into)
            return
        url = self._bot.session.api.file_url(self._bot.token, path)
        stream = self._bot.session.stream_content(url, timeout=LONGEST_SECONDS, chunk_size=CHUNK_BYTES)
        try:
            await _save(stream, into)
        except (FileDownloadFailed, OSError) as error:  # a TimeoutError is an OSError
            logger.warning("a download from Telegram broke off: {}", error)
            raise TelegramFilesUnavailable(type(error).__name__) from None  # its text may hold the token

    async def _path_of(self, file_id: str, size: int | None, too_large: "_TooLarge") -> str:
        try:
            file = await self._bot.get_file(file_id)
        except TelegramBadRequest as refusal:
            if "too big" in refusal.message.lower():
                raise too_large(_megabytes(size)) from None
            raise TelegramFilesUnavailable(refusal.message) from None
        except AiogramError as error:
            raise TelegramFilesUnavailable(type(error).__name__) from None
        if not file.file_path:
            raise TelegramFilesUnavailable("no path")
        return file.file_path


_TooLarge = Callable[[int | str], MuzaError]


async def _save(stream: AsyncGenerator[bytes, None], into: Path) -> None:
    loop = asyncio.get_running_loop()
    with await asyncio.to_thread(into.open, "wb") as file:
        async with aclosing(stream) as chunks, asyncio.timeout(STALLED_SECONDS) as limit:
            async for chunk in chunks:
                limit.reschedule(loop.time() + STALLED_SECONDS)
                await asyncio.to_thread(file.write, chunk)


def _copy(path: Path, into: Path) -> None:
    try:
        shutil.copyfile(path, into)
    except OSError as error:
        raise FilesUnavailable(f"the Telegram server's file cannot be read here: {type(error).__name__}") from error


def _audio_too_large(size: int | str) -> MuzaError:
    return AudioTooLarge(size=size, limit=CLOUD_LIMIT_MB)


def _megabytes(size: int | None) -> int | str:
    return f"{CLOUD_LIMIT_MB}+" if size is None else -(-size // MEGABYTE)
