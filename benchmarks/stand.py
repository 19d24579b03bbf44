"""A stand for measuring: emulated Telegram and model in this process, the product as its users run it (`muza run`)."""

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.settings import child_environment
from services.domain.member import MemberStatus, Role
from services.retrieval.brand_folder import read_brand_folder
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import serving
from tests.emulators.openai.settings import PRICES
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.server import running

ROOT = Path(__file__).parents[1]
BRAND = ROOT / "knowledge" / "quiet-hour"


@dataclass
class Stand:
    telegram: TelegramEmulator
    model: OpenAIEmulator
    people: list[Person]
    supervisor: psutil.Process
    environment: dict[str, str]
    started_at: float
    """time.monotonic() when `muza run` was called."""

    def processes(self) -> dict[str, psutil.Process]:
        """Children of `muza run` by what they do."""
        found = {"supervisor": self.supervisor}
        for child in self.supervisor.children(recursive=True):
            line = " ".join(child.cmdline())
            name = next((n for n in ("valkey", "chroma", "polling", "delivery", "heavy", "models") if n in line), None)
            if name is not None:
                found.setdefault(name, child)
        return found

    async def is_embedded(self, model: str) -> bool:
        """Every passage has its vector: the models process has nothing but questions to answer."""
        engine = open_engine(_url(Path(self.environment["DATA_DIR"])))
        try:
            async with SqlStore(engine).reading() as tx:
                (project,) = await tx.projects.list()
                waiting = await tx.documents.unembedded(project.id, model, 1)
                return not waiting and await tx.documents.count_passages(project.id) > 0
        finally:
            await engine.dispose()


@asynccontextmanager
async def stand(
    people: int,
    *,
    embedding_model: str = "none",
    answer_seconds: float | None = None,
    log: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Stand]:
    """`people` members, each in a private chat that was started before; the starter brand is in the database.
    `settings`: more of the product's environment."""
    telegram = TelegramEmulator(seed=1)
    model = OpenAIEmulator(answer_seconds=answer_seconds)
    cast = [telegram.add_person(f"Person {n}", language_code="en", user_id=5_000 + n) for n in range(people)]
    with tempfile.TemporaryDirectory(prefix="muza-bench-") as folder, serving(model) as model_server:
        data_dir = Path(folder)
        await _furnish(data_dir, cast)
        async with running(telegram) as telegram_server:
            started_at = time.monotonic()
            environment = child_environment(
                {
                    "TELEGRAM_BOT_TOKEN": telegram.token,
                    "TELEGRAM_API_BASE": telegram_server.base_url,
                    "OPENAI_BASE_URL": model_server.base_url,
                    "PRICES_FILE": str(PRICES),
                    "OPENAI_API_KEY": "bench",
                    "DATA_DIR": folder,
                    "ADMIN_IDS": "1",
                    "REQUESTS_PER_MINUTE": "1000",
                    "CACHE_HOURS": "0",  # what is measured is the way to a model
                    "GENERATIONS_PER_PERSON": "100",
                    "EMBEDDING_MODEL": embedding_model,
                    "TRANSCRIPTION_MODEL": "none",  # the default would be fetched and loaded meanwhile
                    **(settings or {}),
                }
            )
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                cwd=ROOT,
                env=environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log.open("wb") if log else asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                yield Stand(telegram, model, cast, psutil.Process(process.pid), environment, started_at)
            finally:
                process.send_signal(signal.SIGTERM)
                await asyncio.wait_for(process.wait(), 40)


async def _furnish(data_dir: Path, people: list[Person]) -> None:
    url = _url(data_dir)
    await upgrade_schema(url)
    engine = open_engine(url)
    brand = read_brand_folder(BRAND)
    async with SqlStore(engine).transaction() as tx:
        await tx.projects.ensure(brand.slug, brand.name, brand.profile)
        for person in people:
            await tx.members.add(person.id, person.user.full_name, None, role=Role.MEMBER, status=MemberStatus.ACTIVE)
    await engine.dispose()


def _url(data_dir: Path) -> str:
    return f"sqlite+aiosqlite:///{data_dir / 'muza.db'}"
