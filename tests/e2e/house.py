"""The whole bot process inside a test: real intake, dispatcher, use cases, SQLite, Valkey, tantivy; emulated Telegram
and model over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiogram.types import Message
from pydantic import SecretStr

from bot.container import Container, open_container
from bot.job_tools import open_job_tools
from bot.settings import Settings
from bot.telegram_edge import TelegramEdge, open_edge, work_beside
from bot.worker import sweep_deliveries
from services.domain.member import MemberStatus, Role
from services.queue.ports import QueueName
from services.retrieval.brand_folder import read_brand_folder
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import running as model_running
from tests.emulators.openai.settings import PRICES
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.server import running as telegram_running
from tests.migrated_database import put_migrated_database

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
ADMIN_ID = 7001


def buttons(message: Message) -> list[str]:
    markup = message.reply_markup
    return [button.text for row in markup.inline_keyboard for button in row] if markup else []


def is_card(message: Message) -> bool:
    """A finished draft with its review buttons."""
    labels = " ".join(buttons(message))
    return any(mark in labels for mark in ("✅", "📨"))


@dataclass
class House:
    telegram: TelegramEmulator
    model: OpenAIEmulator
    settings: Settings
    container: Container
    edge: TelegramEdge
    admin: Person
    approver: Person
    writer: Person
    stranger: Person
    group: Group
    forum: Group


def cast(telegram: TelegramEmulator) -> dict[str, Any]:
    admin = telegram.add_person("Марина", "Ли", username="marina", language_code="ru", user_id=ADMIN_ID)
    approver = telegram.add_person("Lev", "Ostrov", username="lev", language_code="en", user_id=7002)
    writer = telegram.add_person("Аня", "Кравцова", username="anya", language_code="ru", user_id=7003)
    stranger = telegram.add_person("Guest", language_code="en", user_id=7004)
    team = [admin, approver, writer]
    return {
        "admin": admin,
        "approver": approver,
        "writer": writer,
        "stranger": stranger,
        "group": telegram.add_group("Команда бренда", team),
        "forum": telegram.add_group("Muza Studio", team, forum=True, bot="administrator"),
    }


@asynccontextmanager
async def open_house(
    data_dir: Path,
    redis_url: str | None,
    *,
    telegram: TelegramEmulator | None = None,
    model: OpenAIEmulator | None = None,
    people: dict[str, Any] | None = None,
    members: Sequence[Person] = (),
    with_worker: bool = False,
    **changes: Any,
) -> AsyncIterator[House]:
    """`people` of an earlier house over the same `telegram` and `data_dir`: a restart. `members`: more of the team.
    `with_worker`: the outbox is drained, as a delivery worker does. `changes`: settings."""
    telegram = telegram or TelegramEmulator(seed=1)
    model = model or OpenAIEmulator()
    people = people or cast(telegram)
    async with telegram_running(telegram) as telegram_server, model_running(model) as model_server:
        settings = Settings(
            _env_file=None,
            telegram_bot_token=SecretStr(telegram.token),
            telegram_api_base=telegram_server.base_url,
            admin_ids=(ADMIN_ID,),
            data_dir=data_dir,
            redis_url=redis_url,
            knowledge_dir=KNOWLEDGE,
            **{
                "openai_api_key": SecretStr("test-key"),
                "openai_base_url": model_server.base_url,
                "embedding_model": "none",
                "translate_queries": False,  # most tests count what is said to the model
                "prices_file": PRICES,
                "cache_hours": 0,  # a test that says the same twice means it, unless it is about the cache
                "requests_per_minute": 1000,
                "generations_per_person": 1000,
                **changes,
            },
        )
        if settings.database_url is None:
            await put_migrated_database(data_dir / "muza.db")
        async with open_container(settings, "bot", shutdown_seconds=2) as container, open_edge(container) as edge:
            await furnish(container, members)
            async with running(edge, settings if with_worker else None):
                yield House(telegram, model, settings, container, edge, **people)


async def furnish(container: Container, members: Sequence[Person]) -> None:
    """The starter brand and the team, as if they had been there for a while."""
    brand = read_brand_folder(KNOWLEDGE / "quiet-hour")
    async with container.store.transaction() as tx:
        project = await tx.projects.ensure(brand.slug, brand.name, brand.profile)
        active = MemberStatus.ACTIVE
        await tx.members.add(7002, "Lev Ostrov", "lev", role=Role.APPROVER, status=active)
        await tx.members.add(7003, "Аня Кравцова", "anya", role=Role.MEMBER, status=active)
        for person in members:
            await tx.members.add(person.id, person.user.full_name, None, role=Role.MEMBER, status=active)
    await container.services.ingestion.ingest_files(project.id, brand.root, brand.documents)


@asynccontextmanager
async def running(edge: TelegramEdge, worker: Settings | None) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        polling = group.create_task(edge.intake.run_polling(stop))
        beside = [group.create_task(work_beside(edge))]
        if worker is not None:
            beside.append(group.create_task(_drain(worker, stop)))
        try:
            yield
        finally:
            stop.set()
            for task in beside:
                task.cancel()
            await polling


async def _drain(settings: Settings, stop: asyncio.Event) -> None:
    async with open_job_tools(settings, QueueName.DELIVERY) as tools:
        await sweep_deliveries(tools, stop, every_seconds=0.2)
