"""`muza polling`: the bot process that asks Telegram for updates."""

import asyncio
import signal

from loguru import logger

from bot.container import open_container
from bot.settings import Settings
from bot.supervisor.heartbeat import keep_beating
from bot.telegram_edge import open_edge, work_beside

PROCESS = "polling"


def run_polling(settings: Settings) -> int:
    """Blocks until SIGTERM or SIGINT; what is being handled is finished first. Returns the exit code."""
    asyncio.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_container(settings, "bot") as container, open_edge(container) as edge:
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(work) for work in (keep_beating(settings, PROCESS), work_beside(edge))]
            logger.info("Muza is listening (polling)")
            await edge.intake.run_polling(stop)
            for task in beside:
                task.cancel()
        logger.info("Muza is closing: running attempts are handed back to the queue")
