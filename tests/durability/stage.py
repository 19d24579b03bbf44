"""The stage: emulated Telegram and model, a data folder on disk, and the product's processes in between."""

import asyncio
import shutil
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from bot.embedded.chroma import embedded_chroma
from bot.embedded.ports import free_port
from bot.embedded.service import EmbeddedService
from bot.embedded.valkey import embedded_valkey
from bot.settings import Settings
from tests.durability.database import Database
from tests.durability.marked_model import MarkingCast
from tests.durability.people import Crowd, enlist, gather
from tests.durability.processes import Crew, MuzaProcess
from tests.durability.witness import Witness, write_boards
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import running as model_running
from tests.emulators.openai.settings import PRICES
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.server import running as telegram_running

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
SERVERS = ("redis", "chroma")
MUZA = ("bot", "delivery", "heavy")
READY_SECONDS = 90.0
HOPELESS_DEATHS = 3
SECRET = "a-secret-of-the-rehearsal"


class StageBroken(Exception):
    """The product does not even start."""


@dataclass(frozen=True, slots=True)
class Play:
    """What kind of stage. `answer_seconds`: how long the model writes; `writers` and `groups`: how many."""

    seed: int = 1
    writers: int = 12
    groups: int = 2
    answer_seconds: float = 1.5
    mode: str = "polling"
    environment: Mapping[str, str] = field(default_factory=dict)
    """Set for every process of the product, over what the stage itself sets."""
    keep_at: Path | None = None
    """Where data and logs are copied at the end, for whoever looks into a finding."""


@dataclass
class Stage:
    telegram: TelegramEmulator
    model: OpenAIEmulator
    settings: Settings
    crowd: Crowd
    crew: Crew
    witness: Witness
    database: Database
    commands: dict[str, MuzaProcess]
    servers: tuple[EmbeddedService, ...]

    def arm(self, process: str, failpoint: str) -> None:
        """That process, and those that follow it, know the failpoint; the first to come there dies."""
        self.commands[process].environment["CRASH_AT"] = failpoint

    def use(self, mode: str) -> None:
        """`polling` or `webhooks`, from the bot's next start on."""
        self.commands["bot"].arguments = (mode,)

    @property
    def redis_url(self) -> str:
        return self.servers[0].url

    @property
    def chroma_url(self) -> str:
        return self.servers[1].url

    @property
    def knowledge(self) -> Path:
        return self.settings.knowledge_dir

    async def bot_listens(self) -> None:
        """Returns when updates that come now reach a living bot."""
        deadline = time.monotonic() + READY_SECONDS
        while not await self._is_listening():
            unforeseen = [death for death in self.crew["bot"].deaths if death.is_unforeseen]
            if time.monotonic() > deadline or len(unforeseen) >= HOPELESS_DEATHS:
                raise StageBroken(f"the bot does not listen: {self.commands['bot'].last_words()}")
            await asyncio.sleep(0.1)

    async def _is_listening(self) -> bool:
        bot = self.crew["bot"]
        if bot.pid is None:
            return False
        if self.commands["bot"].arguments == ("polling",):
            return self.telegram.polling.polled_at > bot.started_at
        return self.telegram.pusher.webhook is not None and await _answers(self.settings)


async def _answers(settings: Settings) -> bool:
    try:
        _reader, writer = await asyncio.open_connection(settings.webhook_host, settings.webhook_port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def open_stage(play: Play) -> AsyncIterator[Stage]:
    """Everything is up and the knowledge has its vectors when the block begins; all is stopped after it."""
    folder = Path(tempfile.mkdtemp(prefix="muza-durable-"))
    telegram = TelegramEmulator(seed=play.seed, limits=Limits(mode="strict"))
    model = OpenAIEmulator(seed=play.seed, answer_seconds=play.answer_seconds, first_token_delay=0.2)
    model.cast, model.meter.calls = MarkingCast(), deque(maxlen=100_000)
    try:
        async with telegram_running(telegram) as server, model_running(model) as model_server:
            settings = _settings(folder, telegram, server.base_url, model_server.base_url)
            shutil.copytree(KNOWLEDGE, settings.knowledge_dir)
            crowd = gather(telegram, play.writers, play.groups)
            await enlist(settings, crowd, settings.knowledge_dir)
            stage = _put_together(telegram, model, settings, crowd, folder, play)
            with stage.witness.watching():
                async with _acting(stage):
                    yield stage
    finally:
        if play.keep_at is not None:
            write_boards(telegram, folder / "boards.txt")
            shutil.copytree(folder, play.keep_at, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, telegram: TelegramEmulator, telegram_url: str, model_url: str) -> Settings:
    return Settings(
        _env_file=None,
        telegram_bot_token=SecretStr(telegram.token),
        telegram_api_base=telegram_url,
        openai_api_key=SecretStr("rehearsal"),
        openai_base_url=model_url,
        prices_file=PRICES,
        embedding_model="openai:text-embedding-3-small",
        translate_queries=False,
        transcription_model="openai:whisper-1",
        model_context_tokens=4_000,
        admin_ids=(7001,),
        data_dir=folder / "data",
        knowledge_dir=folder / "knowledge",
        webhook_port=free_port(),
        log_file=folder / "logs" / "muza.log",
    )


def _put_together(
    telegram: TelegramEmulator, model: OpenAIEmulator, settings: Settings, crowd: Crowd, folder: Path, play: Play
) -> Stage:
    redis, chroma = embedded_valkey(settings), embedded_chroma(settings)
    environment = _environment(settings) | {redis.setting: redis.url, chroma.setting: chroma.url, **play.environment}
    commands = {
        name: MuzaProcess(name, arguments, environment, folder / "output")
        for name, arguments in (
            ("bot", (play.mode,)),
            ("delivery", ("worker", "--queue", "delivery")),
            ("heavy", ("worker", "--queue", "heavy")),
        )
    }
    crew = Crew()
    for service in (redis, chroma):
        crew.add(service.name, service.start)
    for name, command in commands.items():
        crew.add(name, command)
    database = Database(settings.data_dir / "muza.db")
    return Stage(telegram, model, settings, crowd, crew, Witness(telegram), database, commands, (redis, chroma))


def _environment(settings: Settings) -> dict[str, str]:
    """What an operator would write into `.env`."""
    assert settings.telegram_bot_token is not None
    return {
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token.get_secret_value(),
        "TELEGRAM_API_BASE": settings.telegram_api_base,
        "OPENAI_API_KEY": "rehearsal",
        "OPENAI_BASE_URL": str(settings.openai_base_url),
        "PRICES_FILE": str(settings.prices_file),
        "BUDGET_TEAM_MONTH_USD": "none",  # days of work are rehearsed here in minutes
        "BUDGET_PERSON_DAY_USD": "none",
        "REQUESTS_PER_MINUTE": "1000",
        "CACHE_HOURS": "0",  # each brief is to be paid for
        "GENERATIONS_PER_PERSON": "100",
        "EMBEDDING_MODEL": settings.embedding_model,
        "TRANSLATE_QUERIES": "on" if settings.translate_queries else "off",
        "TRANSCRIPTION_MODEL": settings.transcription_model,
        "VOICE_START_SECONDS": "1",
        "MODEL_CONTEXT_TOKENS": str(settings.model_context_tokens),
        "ADMIN_IDS": "7001",
        "DATA_DIR": str(settings.data_dir),
        "KNOWLEDGE_DIR": str(settings.knowledge_dir),
        "DATABASE_URL": "",
        "WEBHOOK_URL": f"http://127.0.0.1:{settings.webhook_port}",
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_PORT": str(settings.webhook_port),
        "LOG_FILE": str(settings.log_file),
        "LOG_LEVEL": "INFO",
        "CRASH_AT": "",
    }


@asynccontextmanager
async def _acting(stage: Stage) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        try:
            for kept in stage.crew:
                group.create_task(kept.run(), name=kept.name)
                if kept.name == SERVERS[-1]:
                    for server in stage.servers:
                        await server.wait_until_ready(READY_SECONDS)
            await stage.bot_listens()
            await _knowledge_is_ready(stage.database)
            yield
        finally:
            await stage.crew.stop(*MUZA)
            await stage.crew.stop(*SERVERS)


async def _knowledge_is_ready(database: Database) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not database.knowledge_is_ready():
        if time.monotonic() > deadline:
            raise StageBroken("the knowledge has no vectors")
        await asyncio.sleep(0.2)
