"""A runner over a real store, with steps that a test holds and watches."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.job_lease import JobLease
from bot.nursery import Nursery
from bot.recording_runner import RecordingRunner
from services.assistant.listening.advance_recording import AdvanceRecording
from services.assistant.listening.drop_sound import DropSound
from services.assistant.listening.steps import Steps
from services.domain.recording import Recording, RecordingState
from services.files.ports import FileStore
from services.store.job_fence import check_fence
from services.store.ports import Store
from tests.fakes.clock import ManualClock
from tests.fakes.job_queue import RecordingJobQueue
from tests.unit.services.assistant.listening.hearing import memory_files

S = RecordingState
NEXT = {S.RECEIVED: S.FETCHED, S.FETCHED: S.PREPARED, S.PREPARED: S.TRANSCRIBED, S.TRANSCRIBED: S.DONE}


@dataclass
class Workplace:
    """Shared by the runners of a test: who works on what, and a gate before each step's end."""

    store: Store
    files: FileStore = field(default_factory=memory_files)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    busy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    """Released each time a step begins."""
    at_work: Counter[int] = field(default_factory=Counter)
    overlaps: list[int] = field(default_factory=list)
    taken: list[tuple[int, RecordingState]] = field(default_factory=list)
    jobs: RecordingJobQueue = field(default_factory=RecordingJobQueue)
    drawn: list[int] = field(default_factory=list)

    async def step(self, recording: Recording) -> None:
        if self.at_work[recording.id]:
            self.overlaps.append(recording.id)
        self.at_work[recording.id] += 1
        self.busy.release()
        try:
            await self.gate.wait()
        finally:
            self.at_work[recording.id] -= 1
        self.taken.append((recording.id, recording.state))
        async with self.store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.advance(recording.id, NEXT[recording.state])

    async def of_recording(self, recording_id: int, lease_token: int) -> int:
        return 0

    @asynccontextmanager
    async def runner(
        self, *, limit: int = 8, long_ones: bool = False, renew_seconds: float = 3.0
    ) -> AsyncIterator[tuple[RecordingRunner, Nursery]]:
        clock, closing, nursery = ManualClock(), asyncio.Event(), Nursery()
        steps = Steps(
            fetch=None if long_ones else self.step,
            prepare=self.step,
            hear=self.step,
            understand=self.step,
            sum_up=self.step,
            long_ones=long_ones,
        )
        advance = AdvanceRecording(
            self.store,
            clock,
            steps,
            self,
            drop=DropSound(self.store, self.files),
            on_change=self.drawn.append,
            closing=closing,
            patience_seconds=0,
        )
        lease = JobLease(self.store, lease=timedelta(seconds=10), renew_seconds=renew_seconds)
        yield (
            RecordingRunner(
                nursery,
                advance,
                steps,
                lease,
                store=self.store,
                clock=clock,
                jobs=self.jobs,
                limit=limit,
                on_change=self.drawn.append,
                closing=closing,
            ),
            nursery,
        )
        await nursery.drain(5)
