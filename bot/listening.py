"""Who works on recordings, over a container: the rules that the bot and the heavy worker share, and the worker's part.
Nothing here speaks to Telegram: `bot/telegram_listening.py` adds that."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.container import Container, window
from bot.job_lease import JobLease
from bot.recording_runner import RecordingRunner
from bot.transcription import OWN_PROVIDER
from services.assistant.listening.advance_recording import AdvanceRecording
from services.assistant.listening.ask_in_shape import AskInShape
from services.assistant.listening.drop_sound import DropSound
from services.assistant.listening.hear_recording import HearRecording
from services.assistant.listening.prepare_recording import PrepareRecording
from services.assistant.listening.steps import Steps
from services.assistant.listening.sum_up_recording import SumUpRecording
from services.assistant.listening.transcribe_file import TranscribeFile
from services.assistant.listening.write_minutes import WriteMinutes
from services.transcription.child_preparer import ChildAudioPreparer

if TYPE_CHECKING:
    from bot.job_tools import OpenTools

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
PIECES_AT_ONCE = 3
"""Of one recording, where somebody else's machines listen."""
LONG_AT_ONCE = 2
LONG_PATIENCE_SECONDS = 660.0
"""A little longer than `sum_up_recording.PATIENCE`: that step ends well without a language model."""


def build_steps_of_hearing(container: Container, closing: asyncio.Event) -> tuple[PrepareRecording, HearRecording]:
    adapters, settings, listening = container.adapters, container.settings, container.services.transcription
    prepare = PrepareRecording(
        adapters.store,
        adapters.files,
        ChildAudioPreparer(),
        bench=settings.listening_dir,
        note_ms=settings.voice_note_seconds * 1000,
        longest_ms=round(settings.recording_max_hours * 3_600_000),
    )
    hear = HearRecording(adapters.store, adapters.files, listening, closing, at_once=_at_once(container))
    return prepare, hear


def build_recording_runner(
    container: Container,
    steps: Steps,
    closing: asyncio.Event,
    *,
    limit: int,
    patience_seconds: float,
    on_change: Callable[[int], None],
) -> RecordingRunner:
    adapters = container.adapters
    store, clock = adapters.store, adapters.clock
    advance = AdvanceRecording(
        store,
        clock,
        steps,
        container.services.llm.lost_calls,
        drop=DropSound(store, adapters.files),
        on_change=on_change,
        closing=closing,
        patience_seconds=patience_seconds,
    )
    return RecordingRunner(
        container.nursery,
        advance,
        steps,
        JobLease(store, lease=LEASE, renew_seconds=RENEW_SECONDS),
        store=store,
        clock=clock,
        jobs=adapters.jobs,
        limit=limit,
        on_change=on_change,
        closing=closing,
    )


def build_long_listening(container: Container) -> RecordingRunner:
    """Of the heavy worker: meetings, from the file to the minutes."""
    adapters, closing = container.adapters, asyncio.Event()
    prepare, hear = build_steps_of_hearing(container, closing)
    steps = Steps(
        prepare=prepare,
        hear=hear,
        sum_up=SumUpRecording(adapters.store, build_minute_taker(container), adapters.jobs, adapters.clock),
        long_ones=True,
    )
    return build_recording_runner(
        container,
        steps,
        closing,
        limit=LONG_AT_ONCE,
        patience_seconds=LONG_PATIENCE_SECONDS,
        on_change=_others_draw,
    )


def build_minute_taker(container: Container) -> WriteMinutes:
    services = container.services
    ask = AskInShape(services.llm, services.prompts)
    return WriteMinutes(ask, services.prompts, container.adapters.counter, window(container.settings))


def build_file_listening(container: Container) -> TranscribeFile:
    """Of the command line: no rows, no Telegram."""
    return TranscribeFile(
        ChildAudioPreparer(),
        container.services.transcription,
        at_once=_at_once(container),
        longest_ms=round(container.settings.recording_max_hours * 3_600_000),
    )


def _at_once(container: Container) -> int:
    routes = container.adapters.listening
    return 1 if routes and routes[0].provider == OWN_PROVIDER else PIECES_AT_ONCE


async def sweep_recordings(tools: "OpenTools", stop: asyncio.Event) -> None:
    """Beside the jobs of the heavy worker, until `stop`."""
    if tools.listening is None:
        return
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(tools.listening.sweep_forever())
        await stop.wait()
        sweeping.cancel()


def _others_draw(recording_id: int) -> None:
    """A process with a bot sees it in the row."""
