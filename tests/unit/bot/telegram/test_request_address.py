"""Calls to groups that moved and to chats that shut the bot out."""

from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import GetMe, TelegramMethod
from aiogram.types import ReplyParameters

from bot.request_address import RequestAddress
from services.domain.errors import StoreUnavailable
from tests.fakes.bot_session import RecordingSession, scripted_bot

OLD, NEW, PERSON = -5, -1_000_000_000_005, 77
BLOCKED = "Forbidden: bot was blocked by the user"


class Wire:
    """A bot behind the middleware; `refuse` answers its calls as Telegram would."""

    def __init__(self) -> None:
        self.refuse: Callable[[TelegramMethod[Any]], Exception | None] = lambda method: None
        self.moved: list[tuple[int, int]] = []
        self.closed: list[tuple[int, str]] = []
        self.trouble: Exception | None = None
        self.bot: Bot
        self.session: RecordingSession
        self.bot, self.session = scripted_bot(self._answer)
        self.session.middleware(RequestAddress(self._on_moved, self._on_closed))

    async def _answer(self, method: TelegramMethod[Any]) -> bool:
        error = self.refuse(method)
        if error is not None:
            raise error
        return True

    async def _on_moved(self, old: int, new: int) -> None:
        self.moved.append((old, new))
        if self.trouble is not None:
            raise self.trouble

    async def _on_closed(self, chat_id: int, reason: str) -> None:
        self.closed.append((chat_id, reason))

    @property
    def chats(self) -> list[Any]:
        return [getattr(call, "chat_id", None) for call in self.session.calls]


@pytest.fixture
def wire() -> Wire:
    return Wire()


def migrated(method: TelegramMethod[Any]) -> Exception | None:
    if getattr(method, "chat_id", None) != OLD:
        return None
    return TelegramMigrateToChat(method=method, message="upgraded", migrate_to_chat_id=NEW)


def blocked(method: TelegramMethod[Any]) -> Exception | None:
    return TelegramForbiddenError(method=method, message=BLOCKED)


async def test_a_message_follows_its_group_and_the_next_goes_there_at_once(wire: Wire) -> None:
    wire.refuse = migrated
    reply = ReplyParameters(message_id=9, allow_sending_without_reply=True)
    await wire.bot.send_message(OLD, "идеи", reply_parameters=reply)
    await wire.bot.send_message(OLD, "ещё")
    assert wire.chats == [OLD, NEW, NEW]
    assert wire.moved == [(OLD, NEW)]
    assert [getattr(call, "reply_parameters", None) for call in wire.session.calls[1:]] == [None, None], (
        "the number of the old message would hit another one"
    )


@pytest.mark.parametrize("known", [False, True])
async def test_a_message_of_the_old_group_is_gone(wire: Wire, known: bool) -> None:
    wire.refuse = migrated
    if known:
        await wire.bot.send_message(OLD, "идеи")
    calls = len(wire.session.calls)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await wire.bot.edit_message_text("идеи", chat_id=OLD, message_id=9)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await wire.bot.delete_message(OLD, 9)
    assert NEW not in wire.chats[calls:], "a message with that number there is somebody else's"
    assert wire.moved == [(OLD, NEW)]


async def test_a_database_that_is_away_does_not_stop_the_call(wire: Wire) -> None:
    wire.refuse, wire.trouble = migrated, StoreUnavailable("disk full")
    await wire.bot.send_message(OLD, "идеи")
    assert wire.chats == [OLD, NEW]


async def test_a_chat_that_shut_us_out_is_told_of_once_and_nobody_types_in_it(wire: Wire) -> None:
    wire.refuse = blocked
    for _ in range(3):
        with pytest.raises(TelegramForbiddenError):
            await wire.bot.send_message(PERSON, "идеи")
        with pytest.raises(TelegramForbiddenError):
            await wire.bot.send_chat_action(PERSON, "typing")
    ((chat_id, reason),) = wire.closed
    assert chat_id == PERSON
    assert BLOCKED in reason
    assert wire.session.names == ["sendMessage"] * 3


@pytest.mark.parametrize(
    "refusal",
    ["not enough rights to send text messages to the chat", "CHAT_WRITE_FORBIDDEN", "have no rights to send a message"],
)
async def test_a_mute_is_a_closed_chat_too(wire: Wire, refusal: str) -> None:
    wire.refuse = lambda method: TelegramBadRequest(method=method, message=f"Bad Request: {refusal}")
    with pytest.raises(TelegramForbiddenError):
        await wire.bot.send_message(OLD, "идеи")
    assert [chat for chat, _ in wire.closed] == [OLD]


@pytest.mark.parametrize(
    "refusal",
    [
        TelegramBadRequest(method=GetMe(), message="Bad Request: message is too long"),
        TelegramBadRequest(method=GetMe(), message="Bad Request: not enough rights to pin a message"),
        TelegramForbiddenError(method=GetMe(), message="Forbidden: bot can't send messages to bots"),
    ],
    ids=["too long", "a right of another kind", "a bot"],
)
async def test_other_refusals_close_nothing(wire: Wire, refusal: Exception) -> None:
    wire.refuse = lambda method: refusal
    with pytest.raises(type(refusal)):
        await wire.bot.send_message(OLD, "идеи")
    assert wire.closed == []


async def test_who_lets_us_in_again_is_typed_for_and_may_shut_us_out_again(wire: Wire) -> None:
    wire.refuse = blocked
    with pytest.raises(TelegramForbiddenError):
        await wire.bot.send_message(PERSON, "идеи")
    wire.refuse = lambda method: None
    await wire.bot.send_message(PERSON, "с возвращением")
    assert await wire.bot.send_chat_action(PERSON, "typing")
    wire.refuse = blocked
    with pytest.raises(TelegramForbiddenError):
        await wire.bot.send_message(PERSON, "идеи")
    assert len(wire.closed) == 2


async def test_calls_without_a_chat_pass_by(wire: Wire) -> None:
    wire.refuse = blocked
    with pytest.raises(TelegramForbiddenError):
        await wire.bot.answer_callback_query("1")
    assert wire.session.names == ["answerCallbackQuery"]
    assert wire.closed == []
