"""Waiting out a database that is away: what has been paid for is not thrown away for a moment's outage."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from loguru import logger

from services.domain.errors import StoreUnavailable

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.5

T = TypeVar("T")


async def patiently(write: Callable[[], Awaitable[T]], patience: float | None = None) -> T:
    """`write` again and again, with pauses, while it raises StoreUnavailable; the last of them is raised. Only for
    writes that are whole transactions, guarded by a token, since an answer lost on its way makes them run twice."""
    deadline = asyncio.get_running_loop().time() + (PATIENCE_SECONDS if patience is None else patience)
    while True:
        try:
            return await write()
        except StoreUnavailable as error:
            if asyncio.get_running_loop().time() >= deadline:
                raise
            logger.warning("a write of the attempt waits: {}", error.code)
        await asyncio.sleep(PAUSE_SECONDS)
