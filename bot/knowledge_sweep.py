"""Vectors that are missing are made all the same: the model was being loaded, Chroma was away, its files were lost."""

import asyncio
import time
from contextlib import suppress

from loguru import logger

from bot.jobs import JobTools
from services.domain.errors import MuzaError
from services.retrieval.ports import ModelFailed

EVERY_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 1.0
FAILED_SECONDS = 300.0
"""A model that failed for good is asked this seldom: somebody may have repaired it."""
PATIENCE_SECONDS = 600.0
"""A model that is fetched at the first start takes minutes; after this an operator should look."""


async def sweep_knowledge(
    tools: JobTools,
    stop: asyncio.Event,
    *,
    every_seconds: float = EVERY_SECONDS,
    first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
) -> None:
    """Until `stop`. One line when vectors begin to wait, one when waiting takes too long or does not help."""
    waiting = Waiting(patience_seconds)
    pause = first_pause_seconds
    while not stop.is_set():
        try:
            for project_id in await tools.project_ids():
                if written := await tools.embed(project_id):
                    logger.bind(project=project_id).info("embedded: {} passages", written)
        except MuzaError as error:
            waiting.tell(error)
            await rest(stop, FAILED_SECONDS if isinstance(error, ModelFailed) else pause)
            pause = min(pause * 2, every_seconds)
        else:
            waiting, pause = Waiting(patience_seconds), first_pause_seconds
            await rest(stop, every_seconds)


class Waiting:
    """What has been said about vectors that wait."""

    def __init__(self, patience_seconds: float) -> None:
        self._warn_at = time.monotonic() + patience_seconds
        self._is_told = self._is_warned = False

    def tell(self, error: MuzaError) -> None:
        if isinstance(error, ModelFailed):
            self._warn("no vectors, keyword search alone: {}", error)
        elif time.monotonic() >= self._warn_at:
            self._warn("vectors still have to wait: {}", error)
        elif not self._is_told:
            self._is_told = True
            logger.info("vectors wait: {}", error)

    def _warn(self, sentence: str, error: MuzaError) -> None:
        if not self._is_warned:
            self._is_told = self._is_warned = True
            logger.warning(sentence, error)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Shorter when `stop` is set meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
