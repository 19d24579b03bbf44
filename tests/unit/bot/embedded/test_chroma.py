"""The real server, over HTTP."""

import json
import os
import signal
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from bot.embedded.chroma import embedded_chroma
from bot.embedded.ports import FIRST, LAST
from bot.embedded.running import discover
from bot.embedded.temporary import temporary_services
from bot.settings import Settings
from bot.supervisor.child import Process

COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections"


def call(url: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


async def test_vectors_survive_a_kill_and_the_address_stays(settings: Settings) -> None:
    service = embedded_chroma(settings)
    assert FIRST <= (urlsplit(service.url).port or 0) <= LAST
    child = await service.start()
    assert isinstance(child, Process)
    await service.wait_until_ready(15)
    made = call(service.url + COLLECTIONS, {"name": "brand"})
    call(f"{service.url}{COLLECTIONS}/{made['id']}/add", {"ids": ["1"], "embeddings": [[0.6, 0.8]]})
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()

    again = embedded_chroma(settings)
    assert again.url == service.url
    child = await again.start()
    assert isinstance(child, Process)
    try:
        await again.wait_until_ready(15)
        assert call(f"{again.url}{COLLECTIONS}/{made['id']}/count") == 1
    finally:
        await child.stop(5)


async def test_a_command_beside_a_running_server_finds_it(settings: Settings) -> None:
    assert (await discover(settings)).chroma_url is None
    service = embedded_chroma(settings)
    child = await service.start()
    try:
        await service.wait_until_ready(15)
        assert (await discover(settings)).chroma_url == service.url
        api = settings.model_copy(update={"embedding_model": "openai:small"})
        async with temporary_services(api) as found:
            assert found.chroma_url == service.url
        assert await service.answers(), "the command must leave the running server alone"
    finally:
        await child.stop(5)
    assert (await discover(settings)).chroma_url is None, "the record stays, the server is gone"


async def test_a_command_alone_starts_the_server_for_its_own_time(settings: Settings) -> None:
    api = settings.model_copy(update={"embedding_model": "openai:small"})
    async with temporary_services(api) as found:
        assert found.chroma_url is not None
        call(f"{found.chroma_url}/api/v2/heartbeat")
    assert (await discover(settings)).chroma_url is None


async def test_search_by_keywords_needs_no_server(settings: Settings) -> None:
    plain = settings.model_copy(update={"embedding_model": "none"})
    async with temporary_services(plain) as found:
        assert found == plain
