import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMe, SendMessage

from bot.settings import Settings
from bot.telegram import MissingToken, build_bot
from bot.telegram_session import ConnectFailed, FileDownloadFailed, open_session
from tests.fakes.rate_limiter import FakeRateLimiter

TOKEN = "42:CANARY-token-0123456789"

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(answer: Connection) -> AsyncIterator[str]:
    started = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with started:
        yield f"http://127.0.0.1:{started.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def bot_at(base: str, timeout: float = 5.0) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=open_session(base, timeout=timeout))
    yield bot
    await bot.session.close()


def shown(error: BaseException) -> str:
    """Everything that a log could show of it."""
    return "".join(traceback.format_exception(error)) + repr(error)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def not_found(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def redirect_nowhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://[broken/bot" + TOKEN.encode() + b"/x\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_a_refused_connection_is_told_from_a_lost_answer() -> None:
    async with server(hang_up) as base:
        pass  # closed again: nobody listens there now
    async with bot_at(base) as bot:
        with pytest.raises(ConnectFailed) as failed:
            await bot(SendMessage(chat_id=1, text="x"))
    assert failed.value.request_left is False


@pytest.mark.parametrize("answer", [hang_up, hang, redirect_nowhere])
async def test_a_lost_answer_never_shows_the_token(answer: Connection) -> None:
    async with server(answer) as base, bot_at(base, timeout=0.2) as bot:
        with pytest.raises(TelegramNetworkError) as failed:
            await bot(GetMe())
        assert not isinstance(failed.value, ConnectFailed)
        assert TOKEN not in shown(failed.value)


async def test_a_failed_download_never_shows_the_token() -> None:
    async with server(not_found) as base, bot_at(base) as bot:
        with pytest.raises(FileDownloadFailed) as failed:
            await bot.download_file("photos/1.jpg")
        assert TOKEN not in shown(failed.value)
        assert "404" in str(failed.value)


async def test_the_bot_speaks_to_the_configured_server_without_previews_of_links() -> None:
    settings = Settings(_env_file=None, telegram_bot_token=TOKEN, telegram_api_base="http://127.0.0.1:9/")
    bot = build_bot(settings, FakeRateLimiter())
    assert bot.session.api.api_url(TOKEN, "getMe") == f"http://127.0.0.1:9/bot{TOKEN}/getMe"
    assert bot.default.link_preview_is_disabled is True
    assert bot.default.parse_mode is None
    assert len(bot.session.middleware) == 2


def test_no_token_no_bot() -> None:
    with pytest.raises(MissingToken):
        build_bot(Settings(_env_file=None, telegram_bot_token=None), FakeRateLimiter())
