"""`muza run`: everything on one machine."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial

from loguru import logger

from bot.embedded.plan import plan_models, plan_redis, with_urls
from bot.embedded.service import EmbeddedService, ServiceNotReady
from bot.settings import Settings
from bot.supervisor import child
from bot.supervisor.child import Command, muza
from bot.supervisor.file_lock import FileLock, is_alive, read_owner
from bot.supervisor.heartbeat import age_seconds
from bot.supervisor.supervisor import Supervised, Supervisor, at_once

REDIS_READY_SECONDS = 15.0
BOT_READY_SECONDS = 12.0
PREDECESSOR_SECONDS = 5.0


class AlreadyRunning(Exception):
    """Another `muza run` works on this DATA_DIR."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"process {pid}")
        self.pid = pid


def take_data_dir(settings: Settings, patience_seconds: float = PREDECESSOR_SECONDS) -> FileLock:
    """The lock on DATA_DIR. Bot and workers hold it too: after a kill -9 nobody starts before the last of them is gone.

    Raises AlreadyRunning.
    """
    path = settings.run_dir / "muza.lock"
    deadline = time.monotonic() + patience_seconds
    while (lock := FileLock.take(path)) is None:
        owner = read_owner(path)
        if (owner is not None and is_alive(owner)) or time.monotonic() > deadline:
            raise AlreadyRunning(owner)
        time.sleep(0.05)
    lock.write_owner()
    return lock


async def _ready_or_told(service: EmbeddedService) -> None:
    try:
        await service.wait_until_ready(REDIS_READY_SECONDS)
    except ServiceNotReady as error:
        logger.error("{}: the bot starts without it {}", error, service.last_words())


async def _bot_is_up(settings: Settings) -> None:
    """The first beat of the bot, so that imports of the rest do not slow down its start on a small machine."""
    began = time.time()
    while time.time() - began < BOT_READY_SECONDS:
        age = age_seconds(settings, "polling")
        if age is not None and age <= time.time() - began:
            return
        await asyncio.sleep(0.1)


def _server(service: EmbeddedService, ready: Callable[[], Awaitable[None]] = at_once) -> Supervised:
    return Supervised(service.name, service.start, last_words=service.last_words, ready=ready, is_server=True)


def plan(settings: Settings, lock: FileLock) -> list[Supervised]:
    """What runs on this machine, in the order of starting."""
    redis, models = plan_redis(settings), plan_models(settings)
    servers = [*redis, *models]
    settings_of_children = {service.setting: service.url for service in servers}

    def own(name: str, *arguments: str) -> Supervised:
        command = Command(name, muza(*arguments), settings_of_children)
        return Supervised(name, partial(child.start, command, locks=(lock.descriptor,)))

    bot = own("bot", "polling")
    return [
        *(_server(service, partial(_ready_or_told, service)) for service in redis),
        *(_server(service) for service in models if service.name == "chroma"),
        Supervised(bot.name, bot.start, ready=partial(_bot_is_up, with_urls(settings, servers)), is_essential=True),
        own("worker:delivery", "worker", "--queue", "delivery"),
        own("worker:heavy", "worker", "--queue", "heavy"),
        own("cron", "cron"),
        *(_server(service) for service in models if service.name != "chroma"),
    ]


async def _supervise(settings: Settings, lock: FileLock) -> int:
    supervisor = Supervisor()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` leaves SIGHUP
            loop.add_signal_handler(number, supervisor.stop)
    return await supervisor.run(plan(settings, lock))


def run_everything(settings: Settings) -> int:
    """Blocks until SIGTERM or SIGINT. Returns the exit code. Raises AlreadyRunning, OSError (DATA_DIR not writable)."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = take_data_dir(settings)
    try:
        return asyncio.run(_supervise(settings, lock))
    finally:
        lock.release()
