"""Beside the jobs of a delivery worker: admins are told of what did not arrive."""

import asyncio
from typing import TYPE_CHECKING

from loguru import logger

from bot.knowledge_sweep import rest
from services.assistant.report_undelivered import ReportUndelivered
from services.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.job_tools import OpenTools

EVERY_SECONDS = 5.0


async def report_undelivered(tools: "OpenTools", stop: asyncio.Event) -> None:
    """Until `stop`. The alerts leave with the outbox's next sweep."""
    report = ReportUndelivered(tools.container.store, tools.container.adapters.clock)
    while not stop.is_set():
        try:
            if told := await report():
                logger.warning("deliveries that did not arrive: {} administrators are told", told)
        except StoreUnavailable as error:
            logger.warning("undelivered messages were not looked for: {}", error.code)
        await rest(stop, EVERY_SECONDS)
