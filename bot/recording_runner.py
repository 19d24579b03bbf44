"""Recordings go on beside everything else: some at a time, each in one process at a time; and the sweep finds what no
hint reached. Implements `services.assistant.listening.ports.ListeningRunner`."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

from loguru import logger

from bot.job_lease import JobLease
from services.assistant.hints import hint
from services.assistant.listening.advance_recording import AdvanceRecording
from services.assistant.listening.steps import Steps
from services.assistant.ports import Clock, TaskNursery
from services.domain.errors import MuzaError
from services.domain.lease import LeaseLost
from services.domain.recording import AT_WORK, Recording
from services.queue.ports import JobName, JobQueue
from services.store.job_fence import JobOvertaken
from services.store.ports import Store

SWEEP_SECONDS = 1.0
REST_EVERY = 20
"""Sweeps between looks for sound that nobody wants."""


@dataclass(slots=True)
class _UnderWay:
    scope: asyncio.Timeout | None = None
    """While it has a slot."""
    again: bool = True
    """There was a hint since it was last looked at."""
    is_stopped: bool = False


class RecordingRunner:
    def __init__(
        self,
        nursery: TaskNursery,
        advance: AdvanceRecording,
        steps: Steps,
        leases: JobLease,
        *,
        store: Store,
        clock: Clock,
        jobs: JobQueue,
        limit: int,
        on_change: Callable[[int], None],
        closing: asyncio.Event,
    ) -> None:
        """`limit`: recordings that are worked on at once in this process. `on_change`: there may be something new to
        draw. `closing` is set when the sweep ends: what is under way comes to an end soon."""
        self._nursery = nursery
        self._advance = advance
        self._steps = steps
        self._leases = leases
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._slots = asyncio.Semaphore(limit)
        self._on_change = on_change
        self._closing = closing
        self._under_way: dict[int, _UnderWay] = {}

    def wake(self, recording_id: int) -> None:
        self._on_change(recording_id)
        if (under_way := self._under_way.get(recording_id)) is not None:
            under_way.again = True
            return
        self._under_way[recording_id] = _UnderWay()
        self._nursery.start(self._one(recording_id), name=f"recording-{recording_id}")

    def stop(self, recording_id: int) -> None:
        """Its task ends, and looks once more: what was cancelled leaves no sound behind."""
        self.wake(recording_id)
        under_way = self._under_way[recording_id]
        if under_way.scope is not None and not under_way.is_stopped:
            under_way.is_stopped = True
            under_way.scope.reschedule(asyncio.get_running_loop().time())

    async def sweep_forever(self) -> None:
        """Until cancelled; the process ends then."""
        try:
            for round_number in count():
                try:
                    await self.sweep(with_rest=round_number % REST_EVERY == 0)
                except MuzaError as error:
                    logger.warning("recordings were not swept: {}", error.code)
                await asyncio.sleep(SWEEP_SECONDS)
        finally:
            self._closing.set()

    async def sweep(self, *, with_rest: bool = True) -> None:
        """`with_rest`: sound that nobody wants as well."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            cancelled = await tx.recordings.cancelled(self._under_way.keys())
            to_do = await tx.recordings.to_do(is_long=None, now=now)
            not_wanted = await tx.recordings.not_wanted() if with_rest else []
        for recording_id in cancelled:
            self.stop(recording_id)
        mine = [recording.id for recording in to_do if self._steps.next(recording, now) is not None]
        for recording_id in (*mine, *not_wanted):
            if recording_id not in self._under_way:
                self.wake(recording_id)

    async def _one(self, recording_id: int) -> None:
        under_way = self._under_way[recording_id]
        try:
            while under_way.again:
                under_way.again = False
                async with self._slots:
                    await self._run(recording_id, under_way)
        finally:
            del self._under_way[recording_id]

    async def _run(self, recording_id: int, under_way: _UnderWay) -> None:
        try:
            async with asyncio.timeout(None) as under_way.scope:
                ended = await self._leases.run(f"recording:{recording_id}", partial(self._advance, recording_id))
            if ended is not None:
                await self._hand_over(ended)
        except TimeoutError:
            logger.info("recording {} was cancelled by a person", recording_id)
        except (JobOvertaken, LeaseLost):
            logger.info("recording {} is worked on elsewhere", recording_id)
        except MuzaError as error:
            logger.warning("recording {} waits for the next sweep: {}", recording_id, error.code)
        finally:
            under_way.scope = None

    async def _hand_over(self, recording: Recording) -> None:
        if recording.is_long and recording.state in AT_WORK and not self._steps.long_ones:
            await hint(self._jobs, JobName.TRANSCRIBE_RECORDING, recording_id=recording.id)
