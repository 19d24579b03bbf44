"""A provider of batches, and what a team has spent there."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from services.batching.openai_batches import OpenAIBatches
from services.store.ports import Store
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import RunningServer, serving
from tests.unit.services.assistant.batches.night import Night
from tests.unit.services.assistant.conftest import Team, make_team


@pytest.fixture(scope="module")
def served() -> Iterator[RunningServer]:
    with serving(OpenAIEmulator()) as running:
        yield running


@pytest.fixture
def server(served: RunningServer) -> Iterator[RunningServer]:
    yield served
    settings = served.emulator.settings
    settings.has_batches, settings.batch_lines_a_look, settings.batch_expires_after = True, 1_000, None
    settings.refused_options = ()
    served.emulator.reset()


@pytest.fixture
async def lite_night(sqlite_store: Store, server: RunningServer) -> AsyncIterator[Night]:
    """On SQLite alone, for rules that the database has no part in."""
    async with opened(await make_team(sqlite_store), server) as night:
        yield night


@pytest.fixture
async def night(team: Team, server: RunningServer) -> AsyncIterator[Night]:
    async with opened(team, server) as night:
        yield night


@asynccontextmanager
async def opened(team: Team, server: RunningServer) -> AsyncIterator[Night]:
    provider = OpenAIBatches("emulator", None, server.base_url, 5.0)
    try:
        yield Night(team, provider)
    finally:
        await provider.aclose()
