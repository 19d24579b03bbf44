"""The container of a command that works beside a running Muza, or alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.container import Container, open_container
from bot.embedded.temporary import temporary_services
from bot.settings import Settings
from services.assistant.halts.watch_halts import WatchHalts


@asynccontextmanager
async def open_for_command(settings: Settings, *, listening: bool = False) -> AsyncIterator[Container]:
    """Uses the servers of a `muza run` on the same DATA_DIR; starts what search by meaning needs when there is none,
    and for `listening` what transcription on this machine needs.

    Raises StoreUnavailable.
    """
    async with (
        temporary_services(settings, listening=listening) as with_urls,
        open_container(with_urls, "command") as container,
    ):
        is_over = asyncio.Event()
        container.nursery.start(_watch_halts(container, is_over), name="kill switch")
        try:
            yield container
        finally:
            is_over.set()


async def _watch_halts(container: Container, is_over: asyncio.Event) -> None:
    """What a command has asked of a model ends with the kill switch, as it does in every other process."""
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(WatchHalts(container.store, container.adapters.halts)())
        await is_over.wait()
        watching.cancel()
