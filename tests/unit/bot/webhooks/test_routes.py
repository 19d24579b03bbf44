import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiogram import Dispatcher
from aiogram.types import Message

from bot.intake.intake import Intake
from bot.nursery import Nursery
from bot.webhooks.routes import MAX_BODY_BYTES, SECRET_HEADER, Probe, create_app
from services.domain.errors import StoreUnavailable
from services.store.sql_store import SqlStore
from tests.fakes.bot_session import scripted_bot
from tests.unit.bot.intake.updates import text_update
from tests.unit.bot.waiting import until

SECRET = "s3cret_-for-tests"


class Site:
    """The application over a real database, reached by HTTP without a socket."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.seen: list[int] = []
        self.nursery = Nursery()
        bot, _ = scripted_bot()
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.message.register(self._handle)
        self.bot_id = bot.id
        self.intake = Intake(store, bot, dispatcher, self.nursery)
        self.probes: dict[str, Probe] = {"store": store.ping}

    async def _handle(self, message: Message) -> None:
        self.seen.append(message.message_id)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(self.intake, secret=SECRET, probes=self.probes)
        self.intake.start()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://muza") as client:
            yield client
        await self.intake.close(5)
        await self.nursery.drain(1)

    async def stored(self) -> list[int]:
        async with self.store.reading() as tx:
            return [row.update_id for row in await tx.inbox.pending(self.bot_id)]


@pytest.fixture
def site(sqlite_store: SqlStore) -> Site:
    return Site(sqlite_store)


async def post(client: httpx.AsyncClient, content: Any, secret: str | None = SECRET) -> httpx.Response:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    body = content if isinstance(content, bytes) or hasattr(content, "__aiter__") else json.dumps(content).encode()
    return await client.post("/telegram", content=body, headers=headers)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper()])
async def test_without_the_secret_nothing_is_read(site: Site, secret: str | None) -> None:
    async with site.client() as client:
        assert (await post(client, text_update(1), secret)).status_code == 403
        assert (await post(client, b"\xff not even JSON", secret)).status_code == 403
        forged = {"X-Forwarded-For": "149.154.160.1"}  # an address of Telegram's, as anyone can write it
        assert (await client.post("/telegram", json=text_update(1), headers=forged)).status_code == 403
    assert await site.stored() == []
    assert site.seen == []


async def test_an_update_is_stored_when_telegram_is_told_and_handled_once(site: Site) -> None:
    async with site.client() as client:
        for _ in range(3):  # Telegram repeats what it is not sure about
            assert (await post(client, text_update(7))).status_code == 200
        await until(lambda: site.seen == [7], "the handler")
        assert (await post(client, text_update(8))).status_code == 200
        await until(lambda: 8 in site.seen, "the next update")
    assert site.seen == [7, 8]


async def test_the_answer_comes_after_the_commit_and_before_the_handler(site: Site) -> None:
    async with site.client() as client:
        site.intake.pump._closing.set()  # nothing is handled from now on
        assert (await post(client, text_update(7))).status_code == 200
        assert await site.stored() == [7]


async def test_a_store_that_is_away_makes_telegram_come_back_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: object) -> None:
        raise StoreUnavailable("disk full")

    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.webhooks.routes.STORE_SECONDS", 0.05)
    async with site.client() as client:
        for failure in (away, hang):
            monkeypatch.setattr(site.intake, "accept", failure)
            answer = await post(client, text_update(7))
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'"x"', b'{"message": {}}', b'{"update_id": "7"}', b"[" * 100_000, b"\xff\xfe"]
)
async def test_what_is_no_update_is_refused(site: Site, body: bytes) -> None:
    async with site.client() as client:
        assert (await post(client, body)).status_code == 400
    assert await site.stored() == []


async def test_a_body_longer_than_any_update_is_refused(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 2):
            yield b"x" * 65_536

    async with site.client() as client:
        assert (await post(client, b"x" * (MAX_BODY_BYTES + 1))).status_code == 413
        assert (await post(client, endless())).status_code == 413


async def test_the_probes_tell_alive_from_ready(site: Site) -> None:
    async def away() -> None:
        raise ConnectionError("redis://:password@host")

    async with site.client() as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"store": "ok", "intake": "ok"})
        site.probes["redis"] = away
        unready = await client.get("/readyz")
        assert (unready.status_code, unready.json()["redis"]) == (503, "ConnectionError")
        assert "password" not in unready.text
        assert (await client.get("/healthz")).status_code == 200
