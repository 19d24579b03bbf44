"""`muza polling`: the bot process that asks Telegram for updates."""

import asyncio
import signal

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from loguru import logger

from bot.container import open_container
from bot.settings import Settings
from bot.supervisor.heartbeat import keep_beating
from bot.telegram_edge import open_edge, work_beside

PROCESS = "polling"
WRONG_TOKEN = 2
"""Settings that cannot work: the supervisor does not start the process again."""


def run_polling(settings: Settings) -> int:
    """Blocks until SIGTERM or SIGINT; what is being handled is finished first. Exit code: 0, or 2 when Telegram does
    not know the token, which no restart would mend."""
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    stop, refused = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_container(settings, "bot") as container, open_edge(container) as edge:
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(work)
                for work in (
                    keep_beating(settings, PROCESS, trouble=lambda: edge.intake.state.trouble),
                    work_beside(edge),
                    _introduce_itself(edge.bot, stop, refused),
                )
            ]
            logger.info("Muza is listening (polling)")
            await edge.intake.run_polling(stop)
            for task in beside:
                task.cancel()
        logger.info("Muza is closing: running attempts are handed back to the queue")
    return WRONG_TOKEN if refused.is_set() else 0


async def _introduce_itself(bot: Bot, stop: asyncio.Event, refused: asyncio.Event) -> None:
    """Ask Telegram who we are while the first updates are on their way: handlers need the name, and a wrong token ends
    the process instead of filling the log."""
    try:
        me = await bot.me()
    except TelegramUnauthorizedError:
        logger.error("Telegram does not know this TELEGRAM_BOT_TOKEN: take the current one from @BotFather")
        refused.set()
        stop.set()
    except TelegramAPIError as error:
        logger.warning("Telegram does not answer yet: {}", type(error).__name__)
    else:
        logger.info("Muza speaks as @{}", me.username)
