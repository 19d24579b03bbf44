"""Lessons in a process with a bot: every fetch, and everything that is drawn of them."""

import asyncio
from dataclasses import dataclass

from aiogram import Bot

from bot.container import Container
from bot.job_lease import JobLease
from bot.learning_runner import LearningRunner
from bot.lesson_drawing import LEASE, RENEW_SECONDS, LessonDrawing
from bot.lesson_source import TelegramAndWeb
from bot.telegram_files import TelegramFiles
from bot.urgency import mark_urgency
from handlers.i18n import Catalogues
from handlers.lesson_screen import TelegramLessonScreen
from services.assistant.knowledge.advance_learning import AdvanceLearning
from services.assistant.knowledge.fetch_learning import FetchLearning
from services.assistant.knowledge.show_lesson import ShowLesson
from services.domain.learning import LearningState
from services.fetching.aiohttp_links import AiohttpLinks
from services.fetching.link_rules import LinkRules, let_in

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class LessonFetching:
    """Implements `services.assistant.knowledge.lesson_ports.LessonRunner`."""

    runner: LearningRunner
    drawing: LessonDrawing

    def wake(self, lesson_id: int) -> None:
        self.drawing.nudge()
        self.runner.nudge()

    async def keep_going(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runner.keep_going())
            group.create_task(self.drawing.keep_drawing())


def build_lesson_fetching(container: Container, bot: Bot, catalogues: Catalogues) -> LessonFetching:
    """Pure: lessons begin to move with the first sweep."""
    settings, adapters = container.settings, container.adapters
    store, clock = adapters.store, adapters.clock
    leases = JobLease(store, lease=LEASE, renew_seconds=RENEW_SECONDS)
    screen = TelegramLessonScreen(bot, catalogues, mark=mark_urgency)
    drawing = LessonDrawing(ShowLesson(store, screen), store, leases)
    source = TelegramAndWeb(
        TelegramFiles(bot, is_local=settings.telegram_api_local),
        AiohttpLinks(LinkRules(let_in=let_in(settings.link_hosts))),
    )
    fetch = FetchLearning(store, source, adapters.files, bench=settings.learning_dir)
    states = {LearningState.RECEIVED: fetch}
    advance = AdvanceLearning(store, clock, states, on_change=lambda _: drawing.nudge())
    runner = LearningRunner(advance, leases, store=store, clock=clock, states=states.keys(), limit=AT_ONCE)
    return LessonFetching(runner, drawing)
