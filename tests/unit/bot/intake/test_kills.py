"""The bot is killed with SIGKILL at every interesting moment, and no update is lost."""

import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from aiogram import Dispatcher
from aiogram.types import Message

from bot.intake.intake import Intake
from bot.intake.pump import NEVER_ENDED
from bot.intake.suspects import MAX_READINGS, MAX_TRIES_ALONE
from bot.nursery import Nursery
from bot.settings import Settings
from bot.telegram import build_bot
from services.delivery.local_limiter import LocalRateLimiter
from services.store.engine import open_engine
from services.store.sql_store import SqlStore
from tests.unit.bot.intake.polled_server import PolledServer
from tests.unit.bot.intake.updates import text_update
from tests.unit.bot.waiting import wait_for

POISON, BESIDE = "poison", "beside"
FORK = multiprocessing.get_context("fork")  # imports are done: a child is up at once


async def poll_and_write(api: str, sql_url: str, seen: Path, hold: Path) -> None:
    """A bot whose only handler writes the number of the update, unless the file `hold` is there: then it hangs."""
    settings = Settings(_env_file=None, telegram_bot_token="42:TOKEN", telegram_api_base=api)
    bot = build_bot(settings, LocalRateLimiter())
    dispatcher = Dispatcher(disable_fsm=True)

    async def handle(message: Message) -> None:
        if message.text == POISON:
            os._exit(1)
        if message.text == BESIDE:
            await asyncio.sleep(0.3)  # still under way when the poison works
        await asyncio.to_thread(wait_for, lambda: not hold.exists(), "the test to let go")
        with seen.open("a", encoding="ascii") as file:
            file.write(f"{message.message_id}\n")

    dispatcher.message.register(handle)
    await Intake(SqlStore(open_engine(sql_url)), bot, dispatcher, Nursery()).run_polling(asyncio.Event())


class Telegram:
    def __init__(self, sql_url: str, folder: Path, server: PolledServer) -> None:
        self.server = server
        self._seen, self.hold = folder / "seen", folder / "hold"
        self._arguments = (server.url, sql_url, self._seen, self.hold)

    @contextmanager
    def bot(self) -> Iterator[None]:
        """A bot process, killed at the end of the block."""
        process = FORK.Process(target=_run, args=self._arguments)
        process.start()
        try:
            yield
        finally:
            assert process.pid is not None
            assert process.is_alive(), "the bot died by itself"
            os.kill(process.pid, signal.SIGKILL)
            process.join()

    def run_until_dead_or(self, true: Callable[[], bool]) -> None:
        """A bot process that may die by itself."""
        process = FORK.Process(target=_run, args=self._arguments)
        process.start()
        wait_for(lambda: not process.is_alive() or true(), "an end")
        if process.is_alive():
            process.join(0.5)  # what was handled is marked a moment later
            process.kill()
        process.join()

    def handled(self) -> list[int]:
        return [int(line) for line in self._seen.read_text().splitlines()] if self._seen.exists() else []


def _run(*arguments: object) -> None:
    asyncio.run(poll_and_write(*arguments))  # type: ignore[arg-type]


@pytest.fixture
def telegram(sqlite_url: str, tmp_path: Path) -> Iterator[Telegram]:
    with ExitStack() as stack:
        server = PolledServer()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        yield Telegram(sqlite_url, tmp_path, server)


def test_killed_after_telegram_was_told_and_before_the_handler_ended(telegram: Telegram) -> None:
    telegram.hold.touch()
    telegram.server.push(*(text_update(n, chat_id=n % 4 + 1) for n in range(1, 21)))
    with telegram.bot():
        wait_for(lambda: telegram.server.confirmed_up_to == 21, "the confirmation of all updates")
    assert telegram.handled() == []
    telegram.hold.unlink()
    with telegram.bot():
        wait_for(lambda: len(telegram.handled()) >= 20, "the handling after the restart")
    assert sorted(telegram.handled()) == list(range(1, 21))


def test_killed_before_the_commit_telegram_is_told_nothing(telegram: Telegram, sqlite_url: str) -> None:
    telegram.server.push(*(text_update(n) for n in range(1, 6)))
    writer = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # as a full disk or another process would: the batch cannot be committed
    with telegram.bot():
        wait_for(lambda: telegram.server.served >= 1, "the first batch")
    assert telegram.server.confirmed_up_to == 0
    writer.execute("ROLLBACK")
    writer.close()
    with telegram.bot():
        wait_for(lambda: len(telegram.handled()) >= 5, "the handling after the restart")
    assert sorted(telegram.handled()) == [1, 2, 3, 4, 5]


def test_an_update_that_kills_its_process_takes_nobody_along(telegram: Telegram, sqlite_url: str) -> None:
    innocent = [text_update(n, chat_id=n, text=BESIDE) for n in range(1, 7)]
    telegram.server.push(*innocent, text_update(7, chat_id=7, text=POISON), text_update(8, chat_id=7, text="after"))
    for _ in range(MAX_READINGS + MAX_TRIES_ALONE + 4):
        telegram.run_until_dead_or(lambda: len(set(telegram.handled())) == 7)
    assert set(telegram.handled()) == {1, 2, 3, 4, 5, 6, 8}
    with sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///")) as database:
        ends = dict(database.execute("SELECT update_id, error_code FROM inbox WHERE done_at IS NOT NULL"))
        assert database.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    database.close()
    assert ends == {**dict.fromkeys((1, 2, 3, 4, 5, 6, 8)), 7: NEVER_ENDED}


def test_killed_at_random_nothing_is_lost(telegram: Telegram) -> None:
    """Handlers may run twice (their effects are keyed by the business key); they may never not run."""
    total, kills = 240, 8
    chance = random.Random(20261121)
    telegram.server.push(*(text_update(n, chat_id=n % 9 + 1) for n in range(1, total + 1)))
    for kill in range(1, kills + 1):
        with telegram.bot():
            goal = min(total - 1, kill * total // (kills + 1) + chance.randrange(10))
            wait_for(lambda goal=goal: telegram.server.confirmed_up_to >= goal, "some progress")  # type: ignore[misc]
    with telegram.bot():
        wait_for(lambda: len(set(telegram.handled())) == total, "all updates")
    assert set(telegram.handled()) == set(range(1, total + 1))
