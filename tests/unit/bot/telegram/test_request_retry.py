import asyncio
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetMe,
    SendChatAction,
    SendMediaGroup,
    SendMessage,
    SendMessageDraft,
    SendRichMessage,
    TelegramMethod,
)
from aiogram.types import InputMediaPhoto

from bot.refusals import STORM_CHATS, Refusals
from bot.request_limiter import RequestLimiter
from bot.request_retry import RETRIES, RequestRetry
from bot.telegram_session import ConnectFailed
from services.delivery.limits import Limits
from services.delivery.ports import PreviewDropped, Priority
from services.delivery.priority import speaking
from tests.fakes.bot_session import RecordingSession, scripted_bot
from tests.fakes.rate_limiter import UNLIMITED, FakeRateLimiter
from tests.virtual_time import run_in_virtual_time

CHAT = 7
SEND = SendMessage(chat_id=CHAT, text="x")
EDIT = EditMessageText(chat_id=CHAT, message_id=1, text="x")
DRAFT = SendMessageDraft(chat_id=CHAT, draft_id=1, text="x")
ANSWER = AnswerCallbackQuery(callback_query_id="1")

Failure = Callable[[TelegramMethod[Any]], Exception]


def too_many(seconds: int) -> Failure:
    return lambda method: TelegramRetryAfter(method, f"Too Many Requests: retry after {seconds}", seconds)


def not_modified(method: TelegramMethod[Any]) -> Exception:
    return TelegramBadRequest(method, "Bad Request: message is not modified: specified new message content is the same")


def never_left(method: TelegramMethod[Any]) -> Exception:
    return ConnectFailed(method, "Cannot connect")


def lost_answer(method: TelegramMethod[Any]) -> Exception:
    return TelegramNetworkError(method, "Request timeout error")


def broken_gateway(method: TelegramMethod[Any]) -> Exception:
    return ClientDecodeError("Failed to decode object", ValueError(), "<html>")


def server_error(method: TelegramMethod[Any]) -> Exception:
    return TelegramServerError(method, "Internal Server Error")


def restarting(method: TelegramMethod[Any]) -> Exception:
    return RestartingTelegram(method, "Internal Server Error: restart")


class Wire:
    """A bot with both middlewares, over a session that fails as told and then answers."""

    def __init__(self, *failures: Failure, limits: Limits = UNLIMITED) -> None:
        self.failures = deque(failures)
        self.limiter = FakeRateLimiter(limits)
        self.session: RecordingSession
        self.bot: Bot
        self.bot, self.session = scripted_bot(self._answer)
        self.session.middleware(RequestRetry())
        refusals = Refusals(self.limiter, monotonic=lambda: asyncio.get_running_loop().time())
        self.session.middleware(RequestLimiter(self.limiter, refusals))

    async def _answer(self, method: TelegramMethod[Any]) -> Any:
        if self.failures:
            raise self.failures.popleft()(method)
        return "done"

    def call(self, method: TelegramMethod[Any], priority: Priority = Priority.REPLY) -> tuple[Any, float]:
        """(answer, seconds waited in virtual time)"""

        async def work() -> tuple[Any, float]:
            began = asyncio.get_running_loop().time()
            with speaking(priority):
                return await self.bot(method), asyncio.get_running_loop().time() - began

        return run_in_virtual_time(work)


@pytest.mark.parametrize("priority", [Priority.FINAL, Priority.REPLY])
def test_a_429_freezes_the_chat_and_the_message_goes_out_later(priority: Priority) -> None:
    wire = Wire(too_many(30))
    answer, waited = wire.call(SEND, priority)
    assert answer == "done"
    assert waited >= 30
    assert wire.limiter.freezes == [(CHAT, 30)]
    assert len(wire.session.calls) == 2


def test_a_final_waits_out_even_a_long_penalty() -> None:
    wire = Wire(*[too_many(300)] * 20)
    answer, waited = wire.call(SEND, Priority.FINAL)
    assert answer == "done"
    assert waited >= 6000


def test_a_notification_goes_back_to_the_outbox() -> None:
    wire = Wire(too_many(30))
    with pytest.raises(TelegramRetryAfter):
        wire.call(SEND, Priority.NOTIFICATION)
    assert wire.limiter.freezes == [(CHAT, 30)]


@pytest.mark.parametrize("method", [EDIT, DRAFT])
def test_a_refused_preview_is_dropped(method: TelegramMethod[Any]) -> None:
    wire = Wire(too_many(30))
    with pytest.raises(PreviewDropped) as dropped:
        wire.call(method, Priority.PREVIEW)
    assert dropped.value.retry_after == 30
    assert wire.limiter.freezes == [(CHAT, 30)]


def test_a_preview_without_budget_never_leaves() -> None:
    wire = Wire(limits=Limits())
    dropped = 0

    async def work() -> None:
        nonlocal dropped
        for _ in range(10):
            try:
                with speaking(Priority.PREVIEW):
                    await wire.bot(EDIT)
            except PreviewDropped as short:
                dropped += short.retry_after > 0

    run_in_virtual_time(work)
    assert len(wire.session.calls) + dropped == 10
    assert len(wire.session.calls) <= 2


def test_a_repeated_edit_is_a_success() -> None:
    assert Wire(not_modified).call(EDIT)[0] is True


def test_the_same_words_about_a_send_are_an_error() -> None:
    with pytest.raises(TelegramBadRequest):
        Wire(not_modified).call(SEND)


@pytest.mark.parametrize("method", [SEND, EDIT, ANSWER])
@pytest.mark.parametrize("failure", [never_left, restarting])
def test_what_never_arrived_is_sent_again(method: TelegramMethod[Any], failure: Failure) -> None:
    wire = Wire(failure, failure)
    assert wire.call(method)[0] == "done"
    assert len(wire.session.calls) == 3


@pytest.mark.parametrize("failure", [lost_answer, broken_gateway, server_error])
def test_a_send_that_may_have_arrived_is_not_sent_again(failure: Failure) -> None:
    wire = Wire(failure)
    with pytest.raises((TelegramNetworkError, ClientDecodeError, TelegramServerError)):
        wire.call(SEND)
    assert len(wire.session.calls) == 1


@pytest.mark.parametrize("method", [EDIT, ANSWER, GetMe()])
@pytest.mark.parametrize("failure", [lost_answer, broken_gateway, server_error])
def test_what_may_be_done_twice_is_tried_again(method: TelegramMethod[Any], failure: Failure) -> None:
    assert Wire(failure, failure).call(method)[0] == "done"


def test_trying_again_has_an_end() -> None:
    wire = Wire(*[never_left] * 50)
    with pytest.raises(ConnectFailed):
        wire.call(SEND)
    assert len(wire.session.calls) == RETRIES + 1


def test_refusals_in_many_chats_at_once_stop_everybody_for_a_moment() -> None:
    wire = Wire(*[too_many(20)] * STORM_CHATS)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for chat_id in range(1, STORM_CHATS + 1):
                group.create_task(wire.bot(SendMessage(chat_id=chat_id, text="x")))

    run_in_virtual_time(work)
    assert (None, 1.0) in wire.limiter.freezes


@pytest.mark.parametrize(
    ("method", "slots"),
    [
        (SEND, [(CHAT, Priority.REPLY)]),
        (EDIT, [(CHAT, Priority.REPLY)]),
        (DRAFT, [(CHAT, Priority.DRAFT)]),
        (SendRichMessage(chat_id=CHAT, rich_message={"markdown": "x"}), [(CHAT, Priority.REPLY)]),  # type: ignore[arg-type]
        (SendMediaGroup(chat_id=CHAT, media=[InputMediaPhoto(media="a")] * 3), [(CHAT, Priority.REPLY)] * 3),
        (SendMessage(chat_id="@channel", text="x"), [(-zlib.crc32(b"@channel"), Priority.REPLY)]),
        (SendChatAction(chat_id=CHAT, action="typing"), []),
        (ANSWER, []),
        (GetMe(), []),
    ],
    ids=lambda value: getattr(value, "__api_method__", None),
)
def test_every_call_that_counts_takes_a_slot(method: TelegramMethod[Any], slots: list[tuple[int, Priority]]) -> None:
    wire = Wire()
    wire.call(method)
    assert [(chat_id, priority) for _, chat_id, priority in wire.limiter.granted] == slots
