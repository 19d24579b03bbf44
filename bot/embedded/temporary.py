"""Servers for the time of one command, when no `muza run` has them running."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from loguru import logger

from bot.embedded import chroma, models
from bot.embedded.plan import plan_models, plan_redis, plan_search, with_urls
from bot.embedded.running import discover
from bot.embedded.service import EmbeddedService, ServiceNotReady
from bot.settings import Settings
from bot.supervisor.child import STOP_SECONDS

READY_SECONDS = {chroma.NAME: 15.0, models.NAME: 180.0}
"""A first start of `models` may download the model."""


def _quiet(service: EmbeddedService, settings: Settings) -> EmbeddedService:
    """Its log goes to a file: the terminal belongs to the command's result."""
    return replace(service, command=replace(service.command, output=settings.run_dir / f"{service.name}.log"))


@asynccontextmanager
async def temporary_services(
    settings: Settings, *, redis: bool = False, listening: bool = False
) -> AsyncIterator[Settings]:
    """Settings with the URLs of what answers: servers already running, else our own, stopped at exit. `listening`:
    transcription models of this machine too.

    A server that does not come up is told and left out: search then works by keywords alone.
    """
    settings = await discover(settings)
    async with AsyncExitStack() as started:
        ready: list[EmbeddedService] = []
        plan = plan_models if listening else plan_search
        for service in [*(plan_redis(settings) if redis else []), *plan(settings)]:
            logger.info("{} is started for this command", service.name)
            child = await _quiet(service, settings).start()
            started.push_async_callback(child.stop, STOP_SECONDS)
            try:
                await service.wait_until_ready(READY_SECONDS.get(service.name, 10.0))
            except ServiceNotReady as error:
                logger.warning("{}: the command goes on without it. {}", error, service.last_words())
                break
            ready.append(service)
        yield with_urls(settings, ready)
