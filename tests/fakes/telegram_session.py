"""A Telegram that only remembers: an aiogram session without a network, strict about texts as Telegram is."""

from collections import deque
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    CopyMessage,
    EditMessageText,
    GetMe,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendRichMessage,
    SendVoice,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message, MessageId, User

TOKEN = "42:TEST-TOKEN-0000000000000000000000"
ME = User(id=42, is_bot=True, first_name="Muza", username="muza_bot", can_read_all_group_messages=False)
Method = TypeVar("Method", bound=TelegramMethod[Any])


class RecordingSession(BaseSession):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.me = ME
        self._troubles: dict[type[TelegramMethod[Any]], deque[Exception]] = {}
        self._next_message = 1000

    def fail(self, method: type[TelegramMethod[Any]], *errors: Exception) -> None:
        """The next calls of this kind raise these errors, in order."""
        self._troubles.setdefault(method, deque()).extend(errors)

    def refuse(self, kind: type[TelegramMethod[Any]], description: str) -> None:
        self.fail(kind, bad_request(description))

    def sent(self, kind: type[Method]) -> list[Method]:
        return [call for call in self.calls if isinstance(call, kind)]

    def last(self, kind: type[Method]) -> Method:
        return self.sent(kind)[-1]

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        self.calls.append(method)
        troubles = self._troubles.get(type(method))
        if troubles:
            raise troubles.popleft()
        _check_length(method)
        result: Any = self.me if isinstance(method, GetMe) else self._result(method)
        return result  # type: ignore[no-any-return]

    def _result(self, method: TelegramMethod[Any]) -> Any:
        if isinstance(method, (SendMessage, SendRichMessage, SendVoice, SendDocument, SendPhoto)):
            self._next_message += 1
            return self._message(int(method.chat_id), self._next_message)
        if isinstance(method, CopyMessage):
            self._next_message += 1
            return MessageId(message_id=self._next_message)
        if isinstance(method, EditMessageText):
            return self._message(int(method.chat_id or 0), method.message_id or 0)
        return True

    def _message(self, chat_id: int, message_id: int) -> Message:
        chat = Chat(id=chat_id, type="private" if chat_id > 0 else "supergroup")
        return Message(message_id=message_id, date=datetime(2026, 3, 1, tzinfo=UTC), chat=chat, from_user=self.me)

    async def close(self) -> None:
        return None

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        yield b""


def bad_request(description: str) -> TelegramBadRequest:
    return TelegramBadRequest(method=GetMe(), message=f"Bad Request: {description}")


def _check_length(method: TelegramMethod[Any]) -> None:
    text = getattr(method, "text", None)
    if isinstance(method, (SendMessage, EditMessageText)) and text is not None:
        if not text.strip():
            raise bad_request("message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise bad_request("message is too long")


def recording_bot() -> tuple[Bot, RecordingSession]:
    session = RecordingSession()
    return Bot(TOKEN, session=session), session
