"""Periodic work goes on, at half the pace, when the scheduler or Redis is away."""

import asyncio

from loguru import logger

from bot.job_tools import OpenTools
from bot.knowledge_sweep import rest
from services.domain.errors import MuzaError

EVERY_SECONDS = 30.0


async def sweep_periodic(tools: OpenTools, stop: asyncio.Event, every_seconds: float = EVERY_SECONDS) -> None:
    """Until `stop`. Looks after a while first: at a start the scheduler is about to do it."""
    is_told = False
    while not stop.is_set():
        await rest(stop, every_seconds)
        if stop.is_set():
            return
        try:
            done = await tools.periodic.run_overdue()
        except MuzaError as error:
            logger.warning("periodic work has to wait: {}", error.code)
            continue
        if done and not is_told:
            logger.warning("no scheduler is at work: the worker does it at half the pace ({})", ", ".join(done))
        is_told = bool(done) or is_told
