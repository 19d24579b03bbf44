"""A recording goes on, step by step, until there is nothing to do for this process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from loguru import logger

from services.assistant.listening.drop_sound import NOT_WANTED, DropSound
from services.assistant.listening.sound import SoundGone
from services.assistant.listening.steps import Step, Steps
from services.assistant.ports import Clock
from services.assistant.stages.patience import patiently
from services.domain.errors import (
    FilesUnavailable,
    ModelTimeout,
    ModelUnavailable,
    MuzaError,
    StoreUnavailable,
    StreamIncomplete,
    TelegramFilesUnavailable,
    TranscriptionRefused,
)
from services.domain.lease import LeaseLost
from services.domain.recording import Recording, RecordingState
from services.store.job_fence import JobOvertaken, check_fence, fence_token
from services.store.ports import Store
from services.store.ports_voice import RecordingChanges

PASSING = (ModelUnavailable, ModelTimeout, StreamIncomplete, FilesUnavailable, TelegramFilesUnavailable)
"""Trouble that often is over in a moment."""
LASTING = (SoundGone, TranscriptionRefused)
"""Of these kinds, and yet waiting does not help."""
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0


class LostCallsOfRecordings(Protocol):
    async def of_recording(self, recording_id: int, lease_token: int) -> int:
        """Settle what the runs before `lease_token` left open. Raises StoreUnavailable."""
        ...


class AdvanceRecording:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        steps: Steps,
        lost_calls: LostCallsOfRecordings,
        *,
        drop: DropSound,
        on_change: Callable[[int], None],
        closing: asyncio.Event,
        patience_seconds: float,
    ) -> None:
        """`on_change`: there is something new to draw. `closing`: the process ends, no further step is taken.
        `patience_seconds`: for trouble that may pass, per step."""
        self._store = store
        self._clock = clock
        self._steps = steps
        self._lost_calls = lost_calls
        self._drop = drop
        self._on_change = on_change
        self._patience = patience_seconds
        self._closing = closing

    async def __call__(self, recording_id: int) -> Recording | None:
        """As it is when this process has nothing more to do. Call under the recording's lease. Raises StoreUnavailable,
        FilesUnavailable (what is not wanted could not be deleted), JobOvertaken, LeaseLost: a later run goes on."""
        token = fence_token()
        if token is not None and token > 1:
            await self._lost_calls.of_recording(recording_id, token)
        trying, waited = None, 0.0
        while (recording := await self._read(recording_id)) is not None:
            step = self._steps.next(recording, self._clock.now())
            if step is None or self._closing.is_set():
                break
            if recording.state is not trying:
                trying, waited = recording.state, 0.0
            pause = await self._take(step, recording, waited)
            waited += pause
            if pause:
                await self._rest(pause)
        if recording is not None and recording.state in NOT_WANTED:
            await self._drop(recording)
        return recording

    async def _take(self, step: Step, recording: Recording, waited: float) -> float:
        """Seconds to rest before it is tried again; 0: it is through, or has failed for good."""
        try:
            await step(recording)
        except (StoreUnavailable, JobOvertaken, LeaseLost):
            raise
        except MuzaError as error:
            pause = self._pause(error, waited)
            logger.warning("recording {} in {}: {} ({})", recording.id, recording.state, error.code, error)
            if pause:
                return pause
            await self._fail(recording, error)
        except Exception:  # noqa: BLE001 - the person must hear of a bug too; the log has the traceback
            logger.exception("recording {} in {}: failed by a bug", recording.id, recording.state)
            await self._fail(recording, MuzaError())
        self._on_change(recording.id)
        return 0.0

    def _pause(self, error: MuzaError, waited: float) -> float:
        if not isinstance(error, PASSING) or isinstance(error, LASTING):
            return 0.0
        asked: float = getattr(error, "retry_after", None) or 0.0
        pause = max(asked, min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS + waited))
        return pause if waited + pause <= self._patience else 0.0

    async def _fail(self, recording: Recording, error: MuzaError) -> None:
        """What was reached is kept, for the person's "again"."""
        changes = RecordingChanges(error_code=error.code, error_facts=error.facts, failed_in=recording.state)
        if isinstance(error, SoundGone):
            changes["file_key"] = None
        await patiently(partial(self._note, recording.id, changes))

    async def _note(self, recording_id: int, changes: RecordingChanges) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.advance(recording_id, RecordingState.FAILED, **changes)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    async def _read(self, recording_id: int) -> Recording | None:
        async with self._store.reading() as tx:
            return await tx.recordings.get(recording_id)
