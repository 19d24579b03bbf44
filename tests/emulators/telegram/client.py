"""A real aiogram bot that talks to the emulator."""

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.emulators.telegram.server import RunningServer


class LoopbackSession(AiohttpSession):
    """Closes at once: the quarter of a second that aiogram waits is for TLS connections."""

    async def close(self) -> None:
        if self._session is not None and not self._session.closed:
            await self._session.close()


def bot_for(server: RunningServer) -> Bot:
    """Close its session after use."""
    api = TelegramAPIServer.from_base(server.base_url)
    return Bot(server.emulator.token, session=LoopbackSession(api=api))
