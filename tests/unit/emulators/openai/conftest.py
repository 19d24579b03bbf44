"""One server for all tests of this folder; each test finds it as if just started."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import fields

import httpx
import pytest
from openai import AsyncOpenAI

from tests.emulators.openai import EmulatorSettings, OpenAIEmulator, RunningServer, serving


@pytest.fixture(scope="session")
def session_server() -> Iterator[RunningServer]:
    with serving(OpenAIEmulator()) as server:
        yield server


@pytest.fixture
def server(session_server: RunningServer) -> RunningServer:
    emulator = session_server.emulator
    emulator.reset()
    fresh = EmulatorSettings()
    for field in fields(EmulatorSettings):
        setattr(emulator.settings, field.name, getattr(fresh, field.name))
    return session_server


@pytest.fixture
def emulator(server: RunningServer) -> OpenAIEmulator:
    return server.emulator


@pytest.fixture
async def client(server: RunningServer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=server.base_url, api_key="key", max_retries=0, timeout=5) as client:
        yield client


@pytest.fixture
async def http(server: RunningServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.origin) as http:
        yield http
