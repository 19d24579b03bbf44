"""The HTTP session of the bot: errors that say whether the request left, and never show the token."""

from collections.abc import AsyncGenerator
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientConnectorError, ClientError

REQUEST_TIMEOUT_SECONDS = 30.0
CONNECTIONS = 200


class ConnectFailed(TelegramNetworkError):
    """No connection was made: the request never left, so it may be sent again whatever it does."""

    request_left = False


class FileDownloadFailed(Exception):
    """A file could not be fetched; carries the kind of failure only, because the address holds the token."""


class TelegramSession(AiohttpSession):
    """aiohttp's errors quote the address of the request, and the address holds the token (`/bot<token>/`)."""

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout=timeout)
        except TelegramNetworkError as error:
            message = error.message.replace(bot.token, "<token>")
            if isinstance(error.__cause__, ClientConnectorError):
                raise ConnectFailed(method=method, message=message) from None
            raise TelegramNetworkError(method=method, message=message) from None

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in super().stream_content(url, headers, timeout, chunk_size, raise_for_status):
                yield chunk
        except ClientError as error:
            status = getattr(error, "status", None)
            raise FileDownloadFailed(f"{type(error).__name__} {status or ''}".strip()) from None


def open_session(api_base: str, *, timeout: float = REQUEST_TIMEOUT_SECONDS) -> TelegramSession:
    """`api_base`: any server that speaks the Bot API. Nothing is connected before the first call."""
    return TelegramSession(api=TelegramAPIServer.from_base(api_base), timeout=timeout, limit=CONNECTIONS)
