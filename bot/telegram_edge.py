"""What speaks to Telegram, put over a container: the bot, its use cases, the runner and the dispatcher."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError
from loguru import logger

from bot import __version__
from bot.broadcast_progress import progress_of
from bot.caches import recall_of
from bot.catalogue_use_cases import CatalogueUseCases, build_catalogue_use_cases
from bot.container import Container, Services, window
from bot.dispatcher import build_dispatcher
from bot.intake.intake import Intake
from bot.intake.state import PollerState
from bot.job_lease import JobLease
from bot.lesson_fetching import LessonFetching, build_lesson_fetching
from bot.lesson_use_cases import build_lesson_use_cases
from bot.memory import give_back
from bot.money_use_cases import build_money_use_cases
from bot.ownership import is_gone, new_owner
from bot.probes import Probes
from bot.recording_use_cases import build_recording_use_cases
from bot.seeding import seed_projects
from bot.settings import Settings
from bot.telegram import build_bot
from bot.telegram_listening import ShortListening, build_short_listening
from bot.urgency import mark_urgency
from bot.use_cases import Premises, UseCases, build_use_cases
from handlers.commands import publish_commands
from handlers.i18n import Catalogues
from handlers.presenter import TelegramPresenter
from services.assistant.generation_runner import AttemptRunner
from services.assistant.halts.watch_halts import WatchHalts
from services.assistant.listening.take_recording import ListeningRules
from services.assistant.ports import Presenter
from services.assistant.redeliver import Redeliver
from services.assistant.run_generation import RunGeneration, Stages
from services.assistant.show_queue import ShowQueue
from services.assistant.stages.choose_role import ChooseRole
from services.assistant.stages.claim import Lease
from services.assistant.stages.compose import Compose
from services.assistant.stages.deliver import Deliver
from services.assistant.stages.inherit import Inherit
from services.assistant.stages.retrieve import Retrieve
from services.assistant.stages.settle import Settle
from services.assistant.stages.validate import Validate
from services.assistant.stages.voice_reply import VoiceReply
from services.assistant.stages.write import WriteDraft
from services.assistant.warm_prefixes import WarmPrefixes
from services.charts.child_painter import ChildChartPainter
from services.delivery.ports import PreviewDropped
from services.domain.errors import MuzaError
from services.domain.fairness import Limits
from services.llm.service import LLMService
from services.store.job_fence import JobOvertaken


@dataclass(frozen=True, slots=True)
class TelegramEdge:
    container: Container
    bot: Bot
    use_cases: UseCases
    runner: AttemptRunner
    listening: ShortListening
    lessons: LessonFetching
    dispatcher: Dispatcher
    intake: Intake
    catalogues: Catalogues


@asynccontextmanager
async def open_edge(container: Container) -> AsyncIterator[TelegramEdge]:
    """Nothing is sent before `work_beside`. Raises MissingToken, aiogram's TokenValidationError."""
    settings, adapters, nursery = container.settings, container.adapters, container.nursery
    bot = build_bot(settings, adapters.limiter, adapters.store)
    painter = ChildChartPainter(settings.data_dir.absolute() / "charts")
    try:
        catalogues = Catalogues(settings.default_language)
        presenter = TelegramPresenter(bot, catalogues, mark=mark_urgency, refusals=(PreviewDropped,))
        runner = build_runner(container, presenter)
        polling = PollerState()
        probes = Probes(container, polling).all()
        rules = ListeningRules(container.services.transcription.is_configured, settings.voice_note_seconds)
        speaks = settings.spoken_model is not None
        here = Premises(__version__, settings.admin_ids, settings.default_project, probes, limits_of(settings), speaks)
        listening = build_short_listening(container, bot, catalogues, runner)
        work = (adapters.store, adapters.jobs)
        recordings = build_recording_use_cases(
            *work, container.services.ingestion, listening.runner, adapters.clock, runner, rules
        )
        lessons = build_lesson_fetching(container, bot, catalogues)
        learning = build_lesson_use_cases(adapters.store, lessons, adapters.documents.suffixes)
        use_cases = build_use_cases(*work, runner, adapters.clock, here)
        watch = WatchHalts(adapters.store, adapters.halts)
        money = build_money_use_cases(*work, adapters.clock, watch, settings.digest, painter)
        dispatcher = build_dispatcher(use_cases, catalogues, recordings, learning, money, _shelves(container))
        intake = Intake(adapters.store, bot, dispatcher, nursery, polling)
        yield TelegramEdge(container, bot, use_cases, runner, listening, lessons, dispatcher, intake, catalogues)
    finally:
        await nursery.drain(container.shutdown_seconds)  # what still runs speaks through the bot
        await painter.aclose()
        await bot.session.close()


def _shelves(container: Container) -> CatalogueUseCases:
    settings, adapters = container.settings, container.adapters
    return build_catalogue_use_cases(
        adapters.store,
        adapters.jobs,
        container.services.ingestion,
        adapters.files,
        adapters.clock,
        ZoneInfo(settings.timezone),
        is_local_server=settings.telegram_api_local,
    )


def build_runner(container: Container, presenter: Presenter) -> AttemptRunner:
    """Pure: attempts begin to run with the first `wake` or sweep."""
    adapters, services = container.adapters, container.services
    store, clock = adapters.store, adapters.clock
    settle, lease = Settle(store, clock), Lease(store, clock, owner=new_owner())
    limits = limits_of(container.settings)
    deliver = Deliver(store, VoiceReply(adapters.jobs) if container.settings.spoken_model else None)
    stages = Stages(
        lease=lease,
        inherit=Inherit(services.llm, lease),
        retrieve=Retrieve(services.retrieval, store),
        compose=Compose(
            services.prompts,
            adapters.counter,
            store,
            window(container.settings),
            ChooseRole(container.settings.model_roles),
        ),
        write=WriteDraft(services.llm, store, lease),
        validate=Validate(services.llm, services.prompts),
        settle=settle,
        deliver=deliver,
        recall=recall_of(container.settings, store, clock, services.llm, settle, services.alike),
    )
    return AttemptRunner(
        container.nursery,
        RunGeneration(stages, presenter),
        lease,
        Redeliver(store, deliver, presenter),
        store=store,
        clock=clock,
        lost_calls=services.llm.lost_calls,
        is_gone=is_gone,
        limit=container.settings.max_running_generations,
        limits=limits,
        show_queue=ShowQueue(store, clock, presenter, deliver, limits, lease.owner),
    )


def limits_of(settings: Settings) -> Limits:
    return Limits(settings.requests_per_minute, settings.generations_per_person)


async def work_beside(edge: TelegramEdge) -> None:
    """What goes on beside the intake, until cancelled: seeding, warming up, the sweep, the command menus."""
    container = edge.container
    settings, adapters, services = container.settings, container.adapters, container.services
    await seed_projects(adapters.store, adapters.jobs, settings.knowledge_dir, settings.default_project)
    async with asyncio.TaskGroup() as group:
        group.create_task(edge.runner.sweep_forever())
        group.create_task(edge.listening.keep_going())
        group.create_task(edge.lessons.keep_going())
        group.create_task(WatchHalts(adapters.store, adapters.halts)())
        group.create_task(progress_of(container, edge.bot).run(asyncio.Event()))
        group.create_task(_warm_up_model(services.llm))
        group.create_task(_logged(services.transcription.warm_up(), "transcription"))
        group.create_task(_logged(_warm_up_meaning(services), "search"))
        group.create_task(_publish_menus(edge))
        if settings.warm_up:
            group.create_task(_logged(_warm_up_prefixes(container), "prompts beforehand"))


async def _warm_up_model(llm: LLMService) -> None:
    await _logged(llm.warm_up(), "language model")
    await asyncio.to_thread(give_back)


async def _warm_up_meaning(services: Services) -> None:
    await services.retrieval.warm_up()
    await services.alike.warm_up()


async def _warm_up_prefixes(container: Container) -> None:
    adapters, services = container.adapters, container.services
    warm = WarmPrefixes(adapters.store, services.llm, services.prompts, adapters.clock)
    try:
        read = await JobLease(adapters.store).run("warm_up", warm)
    except JobOvertaken:
        read = None
    logger.info("prompts read beforehand: {}", read or 0)


async def _logged(warm_up: Coroutine[Any, Any, None], name: str) -> None:
    """A part that cannot be warmed up now is tried again when it is needed."""
    try:
        await warm_up
    except MuzaError as error:
        logger.warning("{} is not ready: {} ({})", name, error.code, error)


async def _publish_menus(edge: TelegramEdge) -> None:
    """Menus are a courtesy: the bot works without them, and a Telegram that is away now is asked at the next start."""
    try:
        await publish_commands(edge.bot, edge.catalogues, edge.container.settings.admin_ids)
    except TelegramAPIError as error:
        logger.warning("command menus were not published: {}", type(error).__name__)
