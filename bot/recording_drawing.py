"""What people see of recordings follows the rows, whoever changed them. One process draws at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from loguru import logger

from bot.job_lease import JobLease
from services.assistant.listening.show_recording import ShowRecording
from services.assistant.ports import Clock, NotShown
from services.delivery.ports import PreviewDropped
from services.domain.errors import MuzaError
from services.store.job_fence import JobOvertaken
from services.store.ports import Store

LEASE_NAME = "recording-screens"
LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
LOOK_SECONDS = 1.0
SHOW_SECONDS = 1.7
"""Between two drawings of how far a recording is: Telegram lets a message change about once a second."""
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0


class RecordingDrawing:
    def __init__(
        self,
        show: ShowRecording,
        store: Store,
        clock: Clock,
        lease: JobLease,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._show = show
        self._store = store
        self._clock = clock
        self._lease = lease
        self._monotonic = monotonic
        self._nudge = asyncio.Event()
        self._under_way: set[int] = set()
        self._not_before: dict[int, tuple[float, float]] = {}
        """When it may be drawn again, and how long the pause was: Telegram did not take it."""
        self._moved_at: dict[int, float] = {}

    def nudge(self, recording_id: int) -> None:
        """A hint: there is something new to draw."""
        self._not_before.pop(recording_id, None)
        self._nudge.set()

    async def keep_drawing(self) -> None:
        """Until cancelled, whenever no other process does it."""
        while True:
            try:
                await self._lease.run(LEASE_NAME, self._draw_all)
            except JobOvertaken:
                logger.info("another process draws recordings now")
            except MuzaError as error:
                logger.warning("recordings are not drawn: {}", error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def _draw_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self._nudge.clear()
                try:
                    await self._look(group)
                except MuzaError as error:
                    logger.warning("recordings wait to be drawn: {}", error.code)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._nudge.wait()

    async def _look(self, group: asyncio.TaskGroup) -> None:
        under_way = frozenset(self._under_way)  # before the rows: what ends meanwhile is behind in old rows only
        async with self._store.reading() as tx:
            behind = {recording.id for recording in await tx.recordings.behind()}
            working = {
                recording.id
                for recording in await tx.recordings.to_do(is_long=True, now=self._clock.now())
                if recording.screen is not None
            }
        now = self._monotonic()
        self._moved_at = {each: at for each, at in self._moved_at.items() if each in working}
        for recording_id in behind - under_way:
            if now >= self._not_before.get(recording_id, (now, 0.0))[0]:
                self._start(group, recording_id, self._show)
        for recording_id in working - behind - under_way:
            if now - self._moved_at.get(recording_id, -SHOW_SECONDS) >= SHOW_SECONDS:
                self._moved_at[recording_id] = now
                self._start(group, recording_id, self._show.progress)

    def _start(self, group: asyncio.TaskGroup, recording_id: int, draw: Callable[[int], Awaitable[None]]) -> None:
        self._under_way.add(recording_id)
        group.create_task(self._one(recording_id, draw), name=f"screen-{recording_id}")

    async def _one(self, recording_id: int, draw: Callable[[int], Awaitable[None]]) -> None:
        pause = self._not_before.pop(recording_id, (0.0, FIRST_PAUSE_SECONDS / 2))[1]
        try:
            await draw(recording_id)
        except PreviewDropped as dropped:
            self._wait(recording_id, max(dropped.retry_after, LOOK_SECONDS), FIRST_PAUSE_SECONDS / 2)
        except (NotShown, MuzaError) as error:
            logger.warning("recording {} is drawn later: {}", recording_id, error)
            self._wait(recording_id, 2 * pause, min(2 * pause, LONGEST_PAUSE_SECONDS))
        except Exception:  # noqa: BLE001 - one that cannot be drawn must not keep the others from it
            logger.exception("recording {} cannot be drawn", recording_id)
            self._wait(recording_id, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        finally:
            self._under_way.discard(recording_id)

    def _wait(self, recording_id: int, seconds: float, pause: float) -> None:
        self._not_before[recording_id] = self._monotonic() + seconds, pause
