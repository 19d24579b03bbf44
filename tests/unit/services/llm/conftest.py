from collections.abc import AsyncIterator

import pytest

from services.llm.openai_chat import OpenAIChat
from tests.fakes.sse_server import SseServer, sse_server
from tests.unit.services.llm.scripted_service import Bench
from tests.unit.services.llm.wire import IMPATIENT, KEY


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
async def server() -> AsyncIterator[SseServer]:
    async with sse_server() as server:
        yield server


@pytest.fixture
async def chat(server: SseServer) -> AsyncIterator[OpenAIChat]:
    chat = OpenAIChat("test", KEY, server.url)
    yield chat
    await chat.aclose()


@pytest.fixture
async def impatient(server: SseServer) -> AsyncIterator[OpenAIChat]:
    chat = OpenAIChat("test", KEY, server.url, timeouts=IMPATIENT)
    await chat.warm_up()
    yield chat
    await chat.aclose()
