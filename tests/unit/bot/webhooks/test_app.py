import asyncio
import socket
from typing import Any

import httpx
import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramUnauthorizedError
from aiogram.methods import SetWebhook, TelegramMethod
from fastapi import FastAPI

from bot.intake.raw_update import ALLOWED_UPDATES
from bot.settings import Settings
from bot.webhooks.app import CANNOT_WORK, AddressTaken, introduce_itself, register, run_webhooks, serve
from tests.fakes.bot_session import scripted_bot
from tests.unit.bot.waiting import until


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def test_a_stop_ends_the_server_after_the_request_under_way() -> None:
    app, port, stop = FastAPI(), free_port(), asyncio.Event()
    began = asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        began.set()
        await stop.wait()
        await asyncio.sleep(0.05)
        return "done"

    @app.get("/")
    async def root() -> str:
        return "up"

    async def is_up(client: httpx.AsyncClient) -> None:
        while True:
            try:
                await client.get("/")
            except httpx.ConnectError:
                await asyncio.sleep(0.01)
            else:
                return

    async with asyncio.TaskGroup() as group, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        serving = group.create_task(serve(app, "127.0.0.1", port, stop))
        async with asyncio.timeout(20):
            await is_up(client)
            request = group.create_task(client.get("/slow"))
            await began.wait()
            stop.set()
            assert (await request).json() == "done"
            await serving


async def test_a_taken_address_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        with pytest.raises(AddressTaken, match=str(port)):
            await serve(FastAPI(), "127.0.0.1", port, asyncio.Event())


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://muza.example", "https://muza.example/telegram"),
        ("https://muza.example/", "https://muza.example/telegram"),
        ("https://muza.example/hooks/tg", "https://muza.example/hooks/tg"),
    ],
)
async def test_telegram_is_told_where_to_call_until_it_has_heard(
    url: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webhooks.app.REGISTER_AGAIN_SECONDS", 0.01)
    failures = 2

    async def answer(method: TelegramMethod[Any]) -> Any:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise TelegramNetworkError(method, "Request timeout error")
        return True

    bot, session = scripted_bot(answer)
    async with asyncio.TaskGroup() as group:
        group.create_task(register(bot, url, "secret"))
        await until(lambda: len(session.calls) == 3, "three tries")
    told = session.calls[-1]
    assert isinstance(told, SetWebhook)
    assert (told.url, told.secret_token, told.drop_pending_updates) == (address, "secret", False)
    assert told.allowed_updates == list(ALLOWED_UPDATES)


def test_without_a_secret_the_process_does_not_start() -> None:
    settings = Settings(_env_file=None, telegram_bot_token="42:TOKEN", webhook_url=None, webhook_secret=None)
    assert run_webhooks(settings) == CANNOT_WORK


@pytest.mark.parametrize("url", [None, "https://muza.example"])
async def test_a_token_that_telegram_does_not_know_ends_the_process(url: str | None) -> None:
    async def answer(method: TelegramMethod[Any]) -> Any:
        raise TelegramUnauthorizedError(method, "Unauthorized")

    bot, _ = scripted_bot(answer)
    stop, refused = asyncio.Event(), asyncio.Event()
    await introduce_itself(bot, url, "secret", stop, refused)
    assert stop.is_set()
    assert refused.is_set()
