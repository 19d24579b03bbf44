"""No call of any kind to a chat before its penalty has ended."""

import asyncio
from collections import deque
from itertools import pairwise
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageText,
    GetMe,
    PinChatMessage,
    SendChatAction,
    SendMessage,
    TelegramMethod,
)

from bot.refusals import STORM_CHATS, Refusals
from bot.request_limiter import RequestLimiter
from bot.request_retry import RequestRetry
from services.delivery.ports import PreviewDropped, Priority
from services.delivery.priority import speaking
from tests.fakes.bot_session import scripted_bot
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.virtual_time import run_in_virtual_time

CHAT = 7
TYPING = SendChatAction(chat_id=CHAT, action="typing")
DELETE = DeleteMessage(chat_id=CHAT, message_id=1)
PIN = PinChatMessage(chat_id=CHAT, message_id=1)
SEND = SendMessage(chat_id=CHAT, text="x")


def now() -> float:
    return asyncio.get_running_loop().time()


class Telegram:
    """Takes 50 ms for an answer and refuses as told; knows when each call came."""

    def __init__(self, *penalties: int) -> None:
        self.penalties = deque(penalties)
        self.calls: list[tuple[float, str]] = []
        self.limiter = FakeRateLimiter()
        self.bot, session = scripted_bot(self._answer)
        session.middleware(RequestRetry())
        session.middleware(RequestLimiter(self.limiter, Refusals(self.limiter, monotonic=now)))

    async def _answer(self, method: TelegramMethod[Any]) -> Any:
        self.calls.append((now(), method.__api_method__))
        penalty = self.penalties.popleft() if self.penalties else 0
        await asyncio.sleep(0.05)
        if penalty:
            raise TelegramRetryAfter(method, f"Too Many Requests: retry after {penalty}", penalty)
        return True


@pytest.mark.parametrize("method", [DELETE, PIN, SEND], ids=lambda method: method.__api_method__)
def test_every_call_to_a_frozen_chat_waits(method: TelegramMethod[Any]) -> None:
    async def work() -> None:
        telegram = Telegram()
        await telegram.limiter.freeze(CHAT, 30)
        began = now()
        await telegram.bot(method)
        assert telegram.calls[0][0] - began >= 30

    run_in_virtual_time(work)


def test_typing_in_a_frozen_chat_is_dropped() -> None:
    async def work() -> None:
        telegram = Telegram()
        await telegram.limiter.freeze(CHAT, 30)
        with pytest.raises(PreviewDropped) as dropped:
            await telegram.bot(TYPING)
        assert dropped.value.retry_after == pytest.approx(30, abs=0.1)
        assert telegram.calls == []

    run_in_virtual_time(work)


@pytest.mark.parametrize("method", [AnswerCallbackQuery(callback_query_id="1"), GetMe()])
def test_what_has_no_chat_goes_at_once(method: TelegramMethod[Any]) -> None:
    async def work() -> None:
        telegram = Telegram()
        await telegram.limiter.freeze(CHAT, 30)
        await telegram.limiter.freeze(None, 30)
        began = now()
        await telegram.bot(method)
        assert telegram.calls[0][0] == began

    run_in_virtual_time(work)


def test_a_refused_typing_or_deletion_is_not_hammered() -> None:
    async def work() -> None:
        telegram = Telegram(20, 20)
        with pytest.raises(PreviewDropped):
            await telegram.bot(TYPING)
        await telegram.bot(DELETE)  # refused once more after the first penalty
        moments = [moment for moment, _ in telegram.calls]
        assert len(moments) == 3
        assert min(later - earlier for earlier, later in pairwise(moments)) >= 20

    run_in_virtual_time(work)


def test_calls_that_were_about_to_leave_hear_of_a_refusal() -> None:
    """Four calls of one moment; the first is refused while the others have their slots already."""

    async def work() -> None:
        telegram = Telegram(40)
        edit = EditMessageText(chat_id=CHAT, message_id=1, text="x")
        began = now()
        async with asyncio.TaskGroup() as group:
            for method in (SEND, edit, DELETE, SEND):
                group.create_task(telegram.bot(method))
        assert [moment - began >= 40 for moment, _ in telegram.calls] == [False, True, True, True, True]

    run_in_virtual_time(work)


def test_a_call_that_hangs_does_not_hold_up_a_final() -> None:
    async def work() -> None:
        telegram = Telegram()

        async def hang(method: TelegramMethod[Any]) -> Any:
            telegram.calls.append((now(), method.__api_method__))
            await asyncio.sleep(30 if isinstance(method, SendChatAction) else 0.05)
            return True

        telegram.bot.session.answer = hang  # type: ignore[attr-defined]
        async with asyncio.TaskGroup() as group:
            group.create_task(telegram.bot(TYPING))
            await asyncio.sleep(0.01)
            began = now()
            with speaking(Priority.FINAL):
                await telegram.bot(SEND)
            assert now() - began < 0.5

    run_in_virtual_time(work)


def test_typing_tells_the_limiter_that_a_final_is_coming() -> None:
    async def work() -> None:
        telegram = Telegram()
        await telegram.bot(TYPING)
        await telegram.bot(DELETE)
        assert telegram.limiter.expectations == [CHAT]

    run_in_virtual_time(work)


def test_a_random_storm_is_not_taken_for_a_limit_over_all_chats() -> None:
    """Two refused of three, in dozens of chats a second: as long as something gets through, nobody else stops."""

    async def work() -> None:
        limiter = FakeRateLimiter()
        refusals = Refusals(limiter, monotonic=now)
        for number in range(300):
            if number % 3:
                await refusals.refused("sendMessage", number + 1, 20)
            else:
                refusals.passed()
            await asyncio.sleep(0.03)
        assert None not in [chat for chat, _ in limiter.freezes]

    run_in_virtual_time(work)


def test_pauses_of_everybody_grow_until_something_gets_through() -> None:
    async def work() -> None:
        limiter = FakeRateLimiter()
        refusals = Refusals(limiter, monotonic=now)

        async def storm() -> float:
            for chat_id in range(1, STORM_CHATS + 1):
                await refusals.refused("sendMessage", chat_id, 5 + chat_id)
            return limiter.freezes[-1][1]

        assert [await storm() for _ in range(4)] == [1, 2, 4, 6]
        refusals.passed()
        assert await storm() == 1

    run_in_virtual_time(work)
