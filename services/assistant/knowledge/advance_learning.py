"""A learning takes its next step, a bounded number of times."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

from loguru import logger

from services.assistant.ports import Clock
from services.assistant.stages.patience import patiently
from services.domain.errors import (
    DocumentTooHeavy,
    FilesUnavailable,
    KnowledgeUnavailable,
    MuzaError,
    StoreUnavailable,
    TelegramFilesUnavailable,
)
from services.domain.learning import Learning, LearningState
from services.domain.lease import LeaseLost
from services.store.job_fence import JobOvertaken, check_fence
from services.store.ports import Store

Step = Callable[[Learning], Awaitable[None]]
"""Does its work and advances the row itself, in a fenced transaction; idempotent."""
PASSING = (FilesUnavailable, TelegramFilesUnavailable, KnowledgeUnavailable)
"""Trouble that often is over in a moment."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 120))
MOST_TRIES = len(PAUSES) + 1
"""Of a step, those that died with their process included."""


class AdvanceLearning:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        steps: Mapping[LearningState, Step],
        on_change: Callable[[int], None],
    ) -> None:
        """`steps`: those that this kind of process takes. `on_change`: there may be something new to draw of this
        lesson."""
        self._store = store
        self._clock = clock
        self._steps = steps
        self._on_change = on_change

    async def __call__(self, learning_id: int) -> None:
        """Call under the learning's lease. Raises StoreUnavailable, JobOvertaken, LeaseLost: a later run goes on."""
        async with self._store.transaction() as tx:
            await check_fence(tx)
            learning = await tx.lessons.learning(learning_id)
            step = self._steps.get(learning.state) if learning else None
            if learning is None or step is None:
                return
            tries = await tx.lessons.begin(learning.id, learning.state)
        if tries is None:
            return
        await self._take(step, learning, tries)
        self._on_change(learning.lesson_id)

    async def _take(self, step: Step, learning: Learning, tries: int) -> None:
        if tries > MOST_TRIES:
            await self._fail(learning, _given_up(learning))
            return
        try:
            await step(learning)
        except (StoreUnavailable, JobOvertaken, LeaseLost):
            raise
        except MuzaError as error:
            logger.warning("learning {} in {}: {} ({})", learning.id, learning.state, error.code, type(error).__name__)
            if isinstance(error, PASSING) and tries < MOST_TRIES:
                await self._wait(learning, PAUSES[tries - 1])
            else:
                await self._fail(learning, error)
        except Exception:  # noqa: BLE001 - the person must hear of a bug too; the log has the traceback
            logger.exception("learning {} in {}: failed by a bug", learning.id, learning.state)
            await self._fail(learning, MuzaError())

    async def _wait(self, learning: Learning, pause: timedelta) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            state = learning.state
            await tx.lessons.advance(learning.id, state, state, start_at=self._clock.now() + pause)

    async def _fail(self, learning: Learning, error: MuzaError) -> None:
        await patiently(partial(self._note, learning, error))

    async def _note(self, learning: Learning, error: MuzaError) -> None:
        facts = {name: str(value) for name, value in error.facts.items()}
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.lessons.advance(
                learning.id, learning.state, LearningState.FAILED, error_code=error.code, error_facts=facts
            )


def _given_up(learning: Learning) -> MuzaError:
    """Process after process ended with it under way."""
    if learning.state is LearningState.RECEIVED:
        return TelegramFilesUnavailable("given up")
    return DocumentTooHeavy("given up", name=learning.file_name)
