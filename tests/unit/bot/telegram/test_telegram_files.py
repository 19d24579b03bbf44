"""Files from Telegram: the emulated server over HTTP, and a server of one's own whose disk is ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import File
from pydantic import SecretStr

from bot.settings import Settings
from bot.telegram import build_bot
from bot.telegram_files import TelegramFiles
from services.domain.errors import AudioTooLarge, DocumentTooLarge, FilesUnavailable, TelegramFilesUnavailable
from services.domain.recording import Recording
from services.store.sql_store import SqlStore
from tests.contract.lesson_rows import a_file, a_lesson
from tests.contract.recording_rows import a_recording
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.server import running
from tests.fakes.bot_session import scripted_bot
from tests.fakes.rate_limiter import FakeRateLimiter

MEGABYTE = 1024 * 1024


@asynccontextmanager
async def bot_of(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with running(telegram) as server:
        settings = Settings(
            _env_file=None, telegram_bot_token=SecretStr(telegram.token), telegram_api_base=server.base_url
        )
        bot = build_bot(settings, FakeRateLimiter())
        yield bot
        await bot.session.close()


@pytest.fixture
async def recording(sqlite_store: SqlStore) -> Recording:
    return await a_recording(sqlite_store)


def with_file(recording: Recording, telegram: TelegramEmulator, content: bytes, size: int | None = None) -> Recording:
    file = telegram.state.files.add("voice", content, "voice.ogg", "audio/ogg")
    return replace(recording, file_id=file.file_id, size_bytes=size)


async def test_a_file_comes_as_it_was_sent(recording: Recording, tmp_path: Path) -> None:
    telegram, content = TelegramEmulator(seed=1), bytes(range(256)) * 4_000
    async with bot_of(telegram) as bot:
        sent = with_file(recording, telegram, content, len(content))
        await TelegramFiles(bot, is_local=False).download(sent, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == content


@pytest.mark.parametrize("is_told", [True, False])
async def test_the_cloud_hands_out_twenty_megabytes(recording: Recording, tmp_path: Path, is_told: bool) -> None:
    telegram, content = TelegramEmulator(seed=1), bytes(20 * MEGABYTE + 1)
    async with bot_of(telegram) as bot:
        sent = with_file(recording, telegram, content, len(content) if is_told else None)
        with pytest.raises(AudioTooLarge) as refusal:
            await TelegramFiles(bot, is_local=False).download(sent, tmp_path / "source")
    assert refusal.value.facts == {"size": 21 if is_told else "20+", "limit": 20}
    assert len(telegram.journal.calls("getFile")) == (0 if is_told else 1)


async def test_a_file_that_telegram_does_not_know(recording: Recording, tmp_path: Path) -> None:
    async with bot_of(TelegramEmulator(seed=1)) as bot:
        with pytest.raises(TelegramFilesUnavailable):
            await TelegramFiles(bot, is_local=False).download(recording, tmp_path / "source")


async def test_a_moment_of_trouble_is_waited_out(recording: Recording, tmp_path: Path) -> None:
    telegram = TelegramEmulator(seed=1)
    telegram.faults.add(Fault("dropped", "getFile"))
    telegram.faults.add(Fault("bad_gateway", "getFile"))
    async with bot_of(telegram) as bot:
        sent = with_file(recording, telegram, b"sound")
        await TelegramFiles(bot, is_local=False).download(sent, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == b"sound"


async def test_a_download_that_breaks_off_shows_no_token(recording: Recording, tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n")
        if b"getFile" in asked:
            body = b'{"ok": true, "result": {"file_id": "a", "file_unique_id": "b", "file_path": "voice/a.ogg"}}'
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = Settings(_env_file=None, telegram_bot_token=SecretStr("42:CANARY"), telegram_api_base=base)
    bot = build_bot(settings, FakeRateLimiter())
    async with server:
        with pytest.raises(TelegramFilesUnavailable) as trouble:
            await TelegramFiles(bot, is_local=False).download(recording, tmp_path / "source")
        await bot.session.close()
    assert "CANARY" not in repr(trouble.value)
    assert trouble.value.__cause__ is None


async def test_a_server_of_our_own_gives_the_path_on_its_disk(recording: Recording, tmp_path: Path) -> None:
    stored = tmp_path / "meeting.m4a"
    stored.write_bytes(b"hours of talk")
    huge = replace(recording, size_bytes=2_000 * MEGABYTE)

    async def tell(_: TelegramMethod[Any]) -> File:
        return File(file_id="a", file_unique_id="b", file_path=str(stored))

    files = TelegramFiles(scripted_bot(tell)[0], is_local=True)
    await files.download(huge, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == b"hours of talk"
    stored.unlink()
    with pytest.raises(FilesUnavailable):
        await files.download(huge, tmp_path / "source")


async def test_a_document_comes_too_and_one_that_is_too_large_is_told_by_its_name(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    telegram = TelegramEmulator(seed=1)
    file = telegram.state.files.add("document", b"# Tea", "tea.md", "text/markdown")
    sent = a_file(1, place=file.file_id, file_name="tea.md", size_bytes=5)
    huge = a_file(2, file_name="прайс.pdf", size_bytes=20 * MEGABYTE + 1)
    small, large = (await a_lesson(sqlite_store, sent, huge)).learnings
    async with bot_of(telegram) as bot:
        files = TelegramFiles(bot, is_local=False)
        await files.download_document(small, tmp_path / "original")
        with pytest.raises(DocumentTooLarge) as refused:
            await files.download_document(large, tmp_path / "other")
    assert (tmp_path / "original").read_bytes() == b"# Tea"
    assert refused.value.facts == {"name": "прайс.pdf", "size": 21, "limit": 20}
