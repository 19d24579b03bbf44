"""A real bot process that owns an attempt, to be killed in the middle of it; the emulators see both sides."""

import asyncio
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from bot.settings import child_environment
from tests.durability.database import Database, Row
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.meter import Call
from tests.emulators.openai.server import running as model_running
from tests.emulators.openai.settings import PRICES
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.server import running as telegram_running

ROOT = Path(__file__).parents[2]
ADMIN = 7001
PATIENCE_SECONDS = 60.0


@dataclass
class Owner:
    """The place where bot processes follow each other; one lives at a time."""

    telegram: TelegramEmulator
    model: OpenAIEmulator
    admin: Person
    folder: Path
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    lives: int = 0

    @property
    def database(self) -> Database:
        return Database(self.folder / "muza.db")

    async def start(self, **environment: str) -> None:
        self.lives += 1
        with (self.folder / f"bot-{self.lives:03d}.log").open("wb") as output:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "polling"),
                cwd=ROOT,
                env=child_environment(self.environment | environment),
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
            )

    async def kill(self) -> float:
        """kill -9. Returns the moment, of the monotonic clock."""
        assert self.process is not None
        self.process.kill()
        killed_at = time.monotonic()
        assert await self.process.wait() == -signal.SIGKILL
        return killed_at

    async def died(self) -> int:
        """Exit code of a process that ends by itself."""
        assert self.process is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.process.wait()

    async def stops_in_order(self) -> None:
        """SIGTERM: what it has under way comes to its end, on the screen too."""
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await self.process.wait() == 0

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()

    @property
    def calls(self) -> list[Call]:
        """Chat requests, as the provider saw them."""
        return self.model.meter.of("chat")

    @property
    def attempt(self) -> Row:
        (row,) = self.database.all("generations")
        return row

    @property
    def ledger(self) -> list[Row]:
        return self.database.rows("SELECT * FROM model_calls ORDER BY id")

    async def is_writing(self, call: int) -> None:
        """Returns in the middle of the provider's `call`-th answer (counted from 1)."""
        await until(lambda: len(self.calls) >= call and self.calls[call - 1].first_byte is not None, "a stream")

    def pretend_to_be_elsewhere(self) -> None:
        """The attempt's owner has a name of another machine: nobody here can know whether it lives."""
        self._change_lease("lease_owner = 'elsewhere/1.1@another#1'")

    def let_the_lease_run_out(self) -> None:
        self._change_lease("lease_until = NULL")

    def _change_lease(self, change: str) -> None:
        with closing(sqlite3.connect(self.folder / "muza.db", timeout=10)) as connection, connection:
            connection.execute(f"UPDATE generations SET {change} WHERE state = 'running'")  # noqa: S608 - our words


@asynccontextmanager
async def open_owner(folder: Path, *, answer_seconds: float) -> AsyncIterator[Owner]:
    """No process runs yet."""
    telegram = TelegramEmulator(seed=1)
    admin = telegram.add_person("Марина", language_code="ru", user_id=ADMIN)
    model = OpenAIEmulator(answer_seconds=answer_seconds, first_token_delay=0.2)
    async with telegram_running(telegram) as server, model_running(model) as model_server:
        environment = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE": server.base_url,
            "OPENAI_BASE_URL": model_server.base_url,
            "PRICES_FILE": str(PRICES),
            "DATA_DIR": str(folder),
            "EMBEDDING_MODEL": "none",
            "TRANSCRIPTION_MODEL": "none",
            "ADMIN_IDS": str(ADMIN),
            "REQUESTS_PER_MINUTE": "1000",
            "CACHE_HOURS": "0",
            "GENERATIONS_PER_PERSON": "100",
        }
        owner = Owner(telegram, model, admin, folder, environment)
        try:
            yield owner
        finally:
            await owner.stop()


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.02)
