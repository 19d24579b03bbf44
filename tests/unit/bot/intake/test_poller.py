import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, TelegramMethod

from bot.intake.poller import Poller
from bot.intake.raw_update import ALLOWED_UPDATES, GetRawUpdates, RawUpdate
from bot.intake.state import CONFLICT_SHOWN_SECONDS, PollerHealth
from services.domain.errors import StoreUnavailable
from tests.fakes.bot_session import scripted_bot
from tests.unit.bot.intake.updates import text_update
from tests.unit.bot.waiting import until

ASKED = GetRawUpdates()


class Telegram:
    """Answers polls from a script of batches and errors, then holds them as Telegram does."""

    def __init__(self, *script: list[RawUpdate] | Exception) -> None:
        self.script = deque(script)
        self.polls: list[GetRawUpdates] = []
        self.other: list[TelegramMethod[Any]] = []

    async def answer(self, method: TelegramMethod[Any]) -> Any:
        if not isinstance(method, GetRawUpdates):
            self.other.append(method)
            return True
        self.polls.append(method)
        if not self.script:
            await asyncio.Event().wait()
        step = self.script.popleft()
        if isinstance(step, Exception):
            raise step
        return step


class Inbox:
    def __init__(self, *failures: Exception) -> None:
        self.failures = deque(failures)
        self.stored: list[int] = []

    async def accept(self, updates: Sequence[RawUpdate]) -> None:
        if self.failures:
            raise self.failures.popleft()
        self.stored += [update["update_id"] for update in updates]


async def poll(telegram: Telegram, inbox: Inbox, *, polls: int, **options: Any) -> Poller:
    """Runs a poller until so many polls were made, then stops it."""
    bot, _ = scripted_bot(telegram.answer)
    poller = Poller(bot, inbox.accept, first_pause=0.001, **options)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run(stop))
        await until(lambda: len(telegram.polls) >= polls, f"{polls} polls")
        stop.set()
    return poller


async def test_the_offset_moves_when_the_batch_is_stored() -> None:
    telegram = Telegram([text_update(10), text_update(12)], [], [text_update(13)])
    inbox = Inbox()
    poller = await poll(telegram, inbox, polls=4)
    assert inbox.stored == [10, 12, 13]
    assert [asked.offset for asked in telegram.polls] == [None, 13, 13, 14]
    assert telegram.polls[0].allowed_updates == list(ALLOWED_UPDATES)
    assert poller.state.health is PollerHealth.OK
    assert poller.state.received == 3


async def test_a_batch_that_could_not_be_stored_is_fetched_again() -> None:
    batch = [text_update(10)]
    telegram = Telegram(batch, batch, batch)
    inbox = Inbox(StoreUnavailable("locked"), StoreUnavailable("locked"))
    await poll(telegram, inbox, polls=4)
    assert [asked.offset for asked in telegram.polls] == [None, None, None, 11]
    assert inbox.stored == [10]


@pytest.mark.parametrize(
    "error",
    [
        TelegramNetworkError(ASKED, "Request timeout error"),
        ClientDecodeError("Failed to decode object", ValueError("x"), "<html>502</html>"),
        TelegramRetryAfter(ASKED, "Too Many Requests: retry after 0", 0),
    ],
)
async def test_polling_goes_on_after_an_error(error: Exception) -> None:
    telegram = Telegram([text_update(1)], error, error, [text_update(2)])
    inbox = Inbox()
    poller = await poll(telegram, inbox, polls=5)
    assert inbox.stored == [1, 2]
    assert [asked.offset for asked in telegram.polls] == [None, 2, 2, 2, 3]
    assert poller.state.failures == 0


async def test_a_second_instance_is_seen_in_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.poller.CONFLICT_PAUSE_SECONDS", 0.01)
    conflict = TelegramConflictError(ASKED, "Conflict: terminated by other getUpdates request")
    telegram = Telegram(conflict)
    bot, _ = scripted_bot(telegram.answer)
    poller = Poller(bot, Inbox().accept, first_pause=0.001)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run(stop))
        await until(lambda: len(telegram.polls) == 2, "the poll after the conflict")
        health = poller.state.health
        stop.set()
    assert health is PollerHealth.CONFLICT
    assert poller.state.conflicts == 1
    poller.state.completed()
    assert poller.state.trouble == "conflict", "between two refusals polling works, and is still half deaf"
    poller.state.conflict_at = time.monotonic() - CONFLICT_SHOWN_SECONDS
    assert poller.state.trouble == ""


async def test_a_webhook_in_the_way_is_removed_and_its_updates_are_kept() -> None:
    conflict = TelegramConflictError(ASKED, "Conflict: can't use getUpdates method while webhook is active")
    telegram = Telegram(conflict, [text_update(1)])
    inbox = Inbox()
    await poll(telegram, inbox, polls=3)
    assert [call for call in telegram.other if isinstance(call, DeleteWebhook)] == [
        DeleteWebhook(drop_pending_updates=False)
    ]
    assert inbox.stored == [1]


async def test_a_revoked_token_is_seen_in_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.poller.MAX_PAUSE_SECONDS", 0.01)
    telegram = Telegram(TelegramUnauthorizedError(ASKED, "Unauthorized"))
    poller = await poll(telegram, Inbox(), polls=2)
    assert poller.state.health is PollerHealth.UNAUTHORIZED


async def test_a_poll_that_never_comes_back_is_thrown_away() -> None:
    telegram = Telegram()  # holds every poll for ever, as a half-open connection does
    poller = await poll(telegram, Inbox(), polls=3, poll_seconds=0, grace_seconds=0.02)
    assert poller.state.resets >= 2
    assert poller.state.seconds_since_completed() > 0


async def test_a_stop_does_not_wait_for_the_poll_under_way() -> None:
    telegram = Telegram()
    async with asyncio.timeout(5):
        await poll(telegram, Inbox(), polls=1)
