"""Pressed buttons and the bot's answers to them."""

import asyncio
import secrets
from dataclasses import dataclass, field

from aiogram import types
from aiogram.types import User

from tests.emulators.telegram.chats import Chat, StoredMessage
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.events import Event
from tests.emulators.telegram.state import TelegramState
from tests.emulators.telegram.utf16 import utf16_length

MAX_ANSWER_LENGTH = 200
DEFAULT_LIFETIME = 15.0


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the person sees: nothing, a notification, or an alert."""

    text: str | None = None
    show_alert: bool = False
    url: str | None = None


@dataclass(slots=True)
class PendingCallback:
    """A tap. `answer` is done when the bot has answered it."""

    query: types.CallbackQuery
    chat: Chat
    person_id: int
    pressed_at: float
    answer: asyncio.Future[CallbackAnswer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def id(self) -> str:
        return self.query.id


class CallbackDesk:
    def __init__(self, state: TelegramState, lifetime: float = DEFAULT_LIFETIME) -> None:
        """`lifetime`: seconds of the emulator's clock in which a tap can be answered."""
        self._state = state
        self._lifetime = lifetime
        self._pending: dict[str, PendingCallback] = {}

    def press(self, stored: StoredMessage, person: User, data: str) -> PendingCallback:
        query = types.CallbackQuery(
            id=str(secrets.randbits(62)),
            from_user=person,
            chat_instance=str(abs(hash((stored.chat.id, "instance")))),
            message=stored.message,
            data=data,
        )
        pending = PendingCallback(query, stored.chat, person.id, self._state.clock.now())
        self._pending[query.id] = pending
        return pending

    def answer(self, query_id: str, answer: CallbackAnswer) -> None:
        """Raises ApiError 400: unknown, too old or answered already, or a text that is too long."""
        if answer.text is not None and utf16_length(answer.text) > MAX_ANSWER_LENGTH:
            raise bad_request("MESSAGE_TOO_LONG")
        pending = self.take(query_id)
        if not pending.answer.done():
            pending.answer.set_result(answer)
        data: dict[str, object] = {
            "callback_query_id": query_id,
            "text": answer.text,
            "show_alert": answer.show_alert,
            "url": answer.url,
        }
        self._state.events.publish(Event("callback_answer", pending.chat.id, person_id=pending.person_id, data=data))

    def take(self, query_id: str) -> PendingCallback:
        pending = self._pending.pop(query_id, None)
        if pending is None or self._state.clock.now() - pending.pressed_at > self._lifetime:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return pending

    def find(self, query_id: str) -> PendingCallback | None:
        return self._pending.get(query_id)
