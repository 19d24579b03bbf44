"""How soon a generation goes on after its owner was killed in the middle of it."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.container import open_container
from bot.settings import Settings
from bot.telegram_edge import open_edge
from tests.durability.owner import Owner, open_owner, until
from tests.emulators.openai.settings import PRICES

LONGER_THAN_ANY_TAKEOVER = 60.0
"""Seconds that the emulated model writes: every kill falls into the middle of a stream."""


async def measure_takeover(times: int, *, other_host: bool = False, seed: int = 1) -> list[float]:
    """Seconds from each of `times` kills -9 of the owner to the model request of its heir.

    By default the heir is a new process, started at the moment of the kill, as a supervisor does: its start counts.
    `other_host`: the heir runs already, and cannot know that the owner is dead: the lease has to run out.
    """
    chance, spans = random.Random(seed), []
    with tempfile.TemporaryDirectory(prefix="muza-takeover-") as folder:
        async with open_owner(Path(folder), answer_seconds=LONGER_THAN_ANY_TAKEOVER) as owner:
            await owner.start()
            await owner.admin.says("/idea слоган для вечернего чая")
            for _ in range(times):
                await owner.is_writing(len(owner.calls) or 1)
                await asyncio.sleep(chance.uniform(0, 3))  # anywhere between two renewals
                spans.append(await (_seen_by_a_neighbour(owner) if other_host else restarted(owner)))
    return spans


async def restarted(owner: Owner) -> float:
    calls = len(owner.calls)
    killed_at = await owner.kill()
    await owner.start()
    await owner.is_writing(calls + 1)
    return owner.calls[calls].arrived - killed_at


async def _seen_by_a_neighbour(owner: Owner) -> float:
    calls = len(owner.calls)
    owner.pretend_to_be_elsewhere()
    async with neighbour(owner):
        killed_at = await owner.kill()
        await until(lambda: len(owner.calls) > calls, "the neighbour's request")
    # The neighbour hands the attempt back as it goes; the next process takes it out of the queue.
    await owner.start()
    await owner.is_writing(calls + 2)
    return owner.calls[calls].arrived - killed_at


@asynccontextmanager
async def neighbour(owner: Owner) -> AsyncIterator[None]:
    """A second bot over the same database, in this process; it sweeps and asks Telegram for nothing."""
    settings = Settings(
        _env_file=None,
        telegram_bot_token=SecretStr(owner.telegram.token),
        telegram_api_base=owner.environment["TELEGRAM_API_BASE"],
        openai_base_url=owner.environment["OPENAI_BASE_URL"],
        data_dir=owner.folder,
        embedding_model="none",
        translate_queries=False,
        cache_hours=0,
        prices_file=PRICES,
    )
    async with (
        open_container(settings, "neighbour", shutdown_seconds=0) as container,
        open_edge(container) as edge,
        asyncio.TaskGroup() as group,
    ):
        sweeping = group.create_task(edge.runner.sweep_forever())
        yield
        sweeping.cancel()
