"""A Telegram that keeps messages and loses answers, by a script; and the book in which their addresses are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import DeleteMessage, EditMessageText, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InlineKeyboardMarkup

from services.domain.chat import ChatAddress
from services.domain.generation import Generation
from tests.fakes.telegram_session import TOKEN, RecordingSession, bad_request

Fate = Literal["ok", "lost", "dropped", "deleted", "crashed"]
"""Of one call: answered; applied, its answer lost; never applied; applied, and the process dies; or a person deletes
the bot's last message first, unless a part of the outcome is in it: what people delete then stays deleted."""
OUTCOME = ("Источники", "начало")


class Crash(Exception):
    """Nothing after this call happens in this process."""


@dataclass
class Shown:
    text: str
    keyboard: InlineKeyboardMarkup | None


class LossyTelegram(RecordingSession):
    """Rich messages are refused, so that long texts go in parts. Without fates left, every call is answered."""

    def __init__(self, fates: Iterable[Fate] = ()) -> None:
        super().__init__()
        self.fates = list(fates)
        self.messages: dict[int, Shown] = {}
        self.lost = 0

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        counts = isinstance(method, (SendMessage, EditMessageText))
        fate: Fate = self.fates.pop(0) if self.fates and counts else "ok"
        if fate == "deleted" and self.messages:
            last = max(self.messages)
            if not any(word in self.messages[last].text for word in OUTCOME):
                del self.messages[last]
        if fate == "dropped":
            raise TelegramNetworkError(method=method, message="connection cut")
        answer = await super().make_request(bot, method, timeout)
        self._apply(method, answer)
        if fate == "lost":
            self.lost += 1
            raise TelegramNetworkError(method=method, message="answer lost")
        if fate == "crashed":
            self.lost += 1
            raise Crash
        return answer

    def _apply(self, method: TelegramMethod[Any], answer: Any) -> None:
        if isinstance(method, SendMessage):
            assert not isinstance(method.reply_markup, str)
            markup = method.reply_markup if isinstance(method.reply_markup, InlineKeyboardMarkup) else None
            self.messages[answer.message_id] = Shown(method.text, markup)
        elif isinstance(method, EditMessageText):
            if method.rich_message is not None:
                raise bad_request("RICH_MESSAGE_INVALID")
            if method.message_id not in self.messages:
                raise bad_request("message to edit not found")
            shown = Shown(method.text or "", method.reply_markup)
            if self.messages[method.message_id] == shown:
                raise bad_request("message is not modified")
            self.messages[method.message_id] = shown
        elif isinstance(method, DeleteMessage) and self.messages.pop(method.message_id, None) is None:
            raise bad_request("message to delete not found")

    def holding(self, words: str) -> list[int]:
        """Ids of the messages with these words."""
        return [message_id for message_id, shown in self.messages.items() if words in shown.text]

    @property
    def with_buttons(self) -> list[int]:
        return [message_id for message_id, shown in self.messages.items() if shown.keyboard is not None]


def lossy_bot(fates: Iterable[Fate] = ()) -> tuple[Bot, LossyTelegram]:
    session = LossyTelegram(fates)
    return Bot(TOKEN, session=session), session


@dataclass
class Book:
    """What the database keeps of one attempt: compare and set, as `Generations.set_placeholder` does."""

    generation: Generation
    is_delivered: bool = False
    placed_at: list[ChatAddress] = field(default_factory=list)

    async def placed(self, at: ChatAddress, *, instead_of: ChatAddress | None) -> bool:
        if self.is_delivered or self.generation.placeholder not in (None, at, instead_of):
            return False
        self.generation = replace(self.generation, placeholder=at)
        self.placed_at.append(at)
        return True

    async def continued(self, message_ids: Sequence[int]) -> bool:
        if self.is_delivered:
            return False
        self.generation = replace(self.generation, continuation=tuple(message_ids))
        return True

    def may_preview(self) -> bool:
        return True
