"""Learnings go on beside everything else: some at a time, each in one process at a time; and the sweep finds what no
hint reached."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from functools import partial

from loguru import logger

from bot.job_lease import JobLease
from services.assistant.knowledge.advance_learning import AdvanceLearning
from services.assistant.ports import Clock
from services.domain.errors import MuzaError
from services.domain.learning import LearningState
from services.domain.lease import LeaseLost
from services.store.job_fence import JobOvertaken
from services.store.ports import Store

LOOK_SECONDS = 1.0
REST_EVERY = 30
"""Looks between two times of clearing up."""
PAUSE_SECONDS = 3.0
"""After trouble that is not the file's: the database is away, another process has it."""

Chore = Callable[[], Awaitable[None]]


class LearningRunner:
    def __init__(
        self,
        advance: AdvanceLearning,
        leases: JobLease,
        *,
        store: Store,
        clock: Clock,
        states: Collection[LearningState],
        limit: int,
        every_look: Sequence[Chore] = (),
        now_and_then: Sequence[Chore] = (),
    ) -> None:
        """`states`: in which this kind of process has something to do. `limit`: learnings at once."""
        self._advance = advance
        self._leases = leases
        self._store = store
        self._clock = clock
        self._states = states
        self._limit = limit
        self._every_look = every_look
        self._now_and_then = now_and_then
        self._nudge = asyncio.Event()
        self._under_way: set[int] = set()
        self._not_before: dict[int, float] = {}

    def nudge(self) -> None:
        self._nudge.set()

    async def keep_going(self) -> None:
        """Until cancelled; what is under way is then begun anew by the next process."""
        looks = 0
        async with asyncio.TaskGroup() as group:
            while True:
                self._nudge.clear()
                looking: Chore = partial(self._look, group)
                rest = self._now_and_then if looks % REST_EVERY == 0 else ()
                looks += 1
                for work in (looking, *self._every_look, *rest):
                    try:
                        await work()
                    except MuzaError as error:
                        logger.warning("lessons were not swept: {}", error.code)
                    except Exception:  # noqa: BLE001 - whatever it is, the process has other work as well
                        logger.exception("lessons were not swept")
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._nudge.wait()

    async def _look(self, group: asyncio.TaskGroup) -> None:
        async with self._store.reading() as tx:
            to_do = [learning.id for learning in await tx.lessons.to_do(self._states, self._clock.now())]
        now = time.monotonic()
        self._not_before = {each: at for each, at in self._not_before.items() if at > now}
        free = [each for each in to_do if each not in self._under_way and each not in self._not_before]
        for learning_id in free[: self._limit - len(self._under_way)]:
            self._under_way.add(learning_id)
            group.create_task(self._one(learning_id), name=f"learning-{learning_id}")

    async def _one(self, learning_id: int) -> None:
        is_taken: bool | None = None
        try:
            is_taken = await self._leases.run(f"learning:{learning_id}", partial(self._take, learning_id))
        except (JobOvertaken, LeaseLost):
            logger.info("learning {} was taken over by another process", learning_id)
        except MuzaError as error:
            logger.warning("learning {} waits for the next sweep: {}", learning_id, error.code)
        except Exception:  # noqa: BLE001 - one that cannot be worked on must not keep the others from it
            logger.exception("learning {} cannot be worked on", learning_id)
        finally:
            if not is_taken:  # there may be others that nobody is at
                self._not_before[learning_id] = time.monotonic() + PAUSE_SECONDS
            self._under_way.discard(learning_id)
            self._nudge.set()

    async def _take(self, learning_id: int) -> bool:
        await self._advance(learning_id)
        return True
