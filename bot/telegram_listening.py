"""Recordings in a process with a bot: every fetch, all of the short ones, and everything that is drawn of them."""

import asyncio
from dataclasses import dataclass

from aiogram import Bot

from bot.container import Container
from bot.job_lease import JobLease
from bot.listening import build_recording_runner, build_steps_of_hearing
from bot.recording_drawing import LEASE, RENEW_SECONDS, RecordingDrawing
from bot.recording_runner import RecordingRunner
from bot.telegram_files import TelegramFiles
from bot.urgency import mark_urgency
from handlers.briefs import about_material
from handlers.i18n import Catalogues
from handlers.recording_screen import TelegramRecordingScreen
from services.assistant.decide_review import DecideReview
from services.assistant.listening.fetch_recording import FetchRecording
from services.assistant.listening.guess_intent import GuessIntent
from services.assistant.listening.report_progress import ReportProgress
from services.assistant.listening.show_recording import ShowRecording
from services.assistant.listening.start_recording import StartRecording, Works
from services.assistant.listening.steps import Steps
from services.assistant.listening.understand_recording import UnderstandRecording
from services.assistant.ports import GenerationRunner
from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.transcription.child_preparer import ChildAudioPreparer

SHORT_AT_ONCE = 8
SHORT_PATIENCE_SECONDS = 60.0
"""A person waits for it."""


@dataclass(frozen=True, slots=True)
class ShortListening:
    runner: RecordingRunner
    drawing: RecordingDrawing

    async def keep_going(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runner.sweep_forever())
            group.create_task(self.drawing.keep_drawing())


def build_short_listening(
    container: Container, bot: Bot, catalogues: Catalogues, attempts: GenerationRunner
) -> ShortListening:
    """Pure: recordings begin to move with the first `wake` or sweep."""
    store, clock, closing = container.adapters.store, container.adapters.clock, asyncio.Event()
    screen = TelegramRecordingScreen(bot, catalogues, mark=mark_urgency)
    show = ShowRecording(store, screen, ReportProgress(store, clock))
    drawing = RecordingDrawing(show, store, clock, JobLease(store, lease=LEASE, renew_seconds=RENEW_SECONDS))
    runner = build_recording_runner(
        container,
        _steps(container, bot, catalogues, attempts, closing),
        closing,
        limit=SHORT_AT_ONCE,
        patience_seconds=SHORT_PATIENCE_SECONDS,
        on_change=drawing.nudge,
    )
    return ShortListening(runner, drawing)


def _steps(
    container: Container, bot: Bot, catalogues: Catalogues, attempts: GenerationRunner, closing: asyncio.Event
) -> Steps:
    settings, adapters, services = container.settings, container.adapters, container.services
    store, clock = adapters.store, adapters.clock
    prepare, hear = build_steps_of_hearing(container, closing)
    works = Works(
        StartGeneration(store, attempts),
        RefineDraft(store, attempts),
        RegenerateDraft(store, attempts),
        DecideReview(store, adapters.jobs),
        lambda task, language: about_material(task, catalogues.texts(language)),
    )
    return Steps(
        fetch=FetchRecording(
            store,
            TelegramFiles(bot, is_local=settings.telegram_api_local),
            adapters.files,
            ChildAudioPreparer(),
            bench=settings.listening_dir,
            note_ms=settings.voice_note_seconds * 1000,
        ),
        prepare=prepare,
        hear=hear,
        understand=UnderstandRecording(
            store, GuessIntent(services.llm, services.prompts), clock, settings.voice_start_seconds
        ),
        start=StartRecording(store, clock, works),
    )
