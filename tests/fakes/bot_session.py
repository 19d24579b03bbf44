"""The wire of the bot, cut right behind aiogram: calls are remembered, answers are scripted."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

TOKEN = "42:TEST-TOKEN-that-must-not-be-shown"

Answer = Callable[[TelegramMethod[Any]], Awaitable[Any]]


async def yes(_: TelegramMethod[Any]) -> Any:
    return True


class RecordingSession(BaseSession):
    """`answer` may return or raise what Telegram would."""

    def __init__(self, answer: Answer = yes) -> None:
        super().__init__()
        self.answer = answer
        self.calls: list[TelegramMethod[Any]] = []
        self.closed = 0

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        self.calls.append(method)
        result: TelegramType = await self.answer(method)
        return result

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        yield b""

    async def close(self) -> None:
        self.closed += 1

    @property
    def names(self) -> list[str]:
        return [call.__api_method__ for call in self.calls]


def scripted_bot(answer: Answer = yes) -> tuple[Bot, RecordingSession]:
    session = RecordingSession(answer)
    return Bot(TOKEN, session=session), session
