"""`muza webhooks`: the bot process that Telegram calls."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import uvicorn
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from fastapi import FastAPI
from loguru import logger

from bot.container import open_container
from bot.intake.raw_update import ALLOWED_UPDATES
from bot.listener import listen
from bot.settings import Settings
from bot.supervisor.heartbeat import keep_beating
from bot.telegram_edge import TelegramEdge, open_edge, work_beside
from bot.webhooks.routes import Probe, create_app

PROCESS = "webhooks"
MAX_CONNECTIONS = 40
"""Telegram's default. Updates of one chat come one after the other anyway."""
DRAIN_SECONDS = 10
REGISTER_AGAIN_SECONDS = 15.0
CANNOT_WORK = 2


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """uvicorn raises a caught signal once more at its end, which would kill us before the rest is closed."""
        yield


def run_webhooks(settings: Settings) -> int:
    """Blocks until SIGTERM or SIGINT. Exit code: 0, or 2 when the settings cannot work (no secret, a token that
    Telegram does not know, an address that is taken)."""
    if settings.webhook_secret is None:
        logger.error("WEBHOOK_SECRET must be set: without it anyone could send updates")
        return CANNOT_WORK
    return asyncio.run(_run(settings, settings.webhook_secret.get_secret_value()))


async def _run(settings: Settings, secret: str) -> int:
    stop, refused = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_container(settings, "bot") as container, open_edge(container) as edge:
        app = create_app(edge.intake, secret=secret, probes=_probes(edge))
        edge.intake.start()
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(work)
                for work in (
                    keep_beating(settings, PROCESS),
                    work_beside(edge),
                    introduce_itself(edge.bot, settings.webhook_url, secret, stop, refused),
                )
            ]
            try:
                await serve(app, settings.webhook_host, settings.webhook_port, stop)
            except AddressTaken as error:
                logger.error("{}", error)
                refused.set()
            await edge.intake.close()
            for task in beside:
                task.cancel()
    return CANNOT_WORK if refused.is_set() else 0


async def introduce_itself(bot: Bot, url: str | None, secret: str, stop: asyncio.Event, refused: asyncio.Event) -> None:
    """Without a URL somebody else has told Telegram where to call."""
    try:
        if url is not None:
            await register(bot, url, secret)
        me = await bot.me()
    except TelegramUnauthorizedError:
        logger.error("Telegram does not know this TELEGRAM_BOT_TOKEN: take the current one from @BotFather")
        refused.set()
        stop.set()
    except TelegramAPIError as error:
        logger.warning("Telegram does not answer yet: {}", type(error).__name__)
    else:
        logger.info("Muza speaks as @{} (webhooks)", me.username)


class AddressTaken(Exception):
    """WEBHOOK_HOST and WEBHOOK_PORT are in use, or not ours."""


async def serve(app: FastAPI, host: str, port: int, stop: asyncio.Event) -> None:
    """Until `stop`; requests under way are answered. Raises AddressTaken."""
    try:
        listener = listen(host, port)
    except OSError as error:
        raise AddressTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=DRAIN_SECONDS)
    server = Server(config)

    async def end_at_stop() -> None:
        await stop.wait()
        server.should_exit = True

    with listener:
        async with asyncio.TaskGroup() as group:
            ending = group.create_task(end_at_stop())
            await server.serve(sockets=[listener])
            ending.cancel()


async def register(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where to call, again and again until it has heard; waiting updates are kept.

    Raises TelegramUnauthorizedError.
    """
    address = url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/telegram"
    while True:
        try:
            await bot.set_webhook(
                address,
                secret_token=secret,
                allowed_updates=list(ALLOWED_UPDATES),
                max_connections=MAX_CONNECTIONS,
                drop_pending_updates=False,
            )
        except TelegramUnauthorizedError:
            raise
        except TelegramAPIError as error:
            logger.error("the webhook was not registered ({}); trying again", type(error).__name__)
            await asyncio.sleep(REGISTER_AGAIN_SECONDS)
        else:
            logger.info("the webhook is registered")
            return


def _probes(edge: TelegramEdge) -> dict[str, Probe]:
    adapters = edge.container.adapters
    probes: dict[str, Probe] = {"store": adapters.store.ping}
    redis = adapters.redis
    if redis is not None:

        async def redis_answers() -> None:
            await redis.execute_command("PING")  # type: ignore[no-untyped-call]

        probes["redis"] = redis_answers
    return probes
