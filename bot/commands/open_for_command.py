"""The container of a command that works beside a running Muza, or alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.container import Container, open_container
from bot.embedded.temporary import temporary_services
from bot.settings import Settings


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
        yield container
