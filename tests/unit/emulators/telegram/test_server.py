"""Running the emulator inside a test."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse

from tests.emulators.telegram import TelegramEmulator, running


async def test_a_failure_in_the_block_comes_out_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        async with running(TelegramEmulator()):
            raise ZeroDivisionError


async def test_a_host_application_adds_its_own_pages() -> None:
    router = APIRouter()

    @router.get("/extra")
    async def extra() -> str:
        return "from a router"

    def configure(app: FastAPI) -> None:
        app.mount("/", PlainTextResponse("the page"))

    async with (
        running(TelegramEmulator(), routers=[router], configure=configure) as server,
        httpx.AsyncClient(base_url=server.base_url) as client,
    ):
        answers = [(await client.get(path)).text for path in ("/extra", "/", "/healthz")]
    assert answers[:2] == ['"from a router"', "the page"]
    assert '"status":"ok"' in answers[2]


async def test_one_emulator_can_be_served_again() -> None:
    emulator = TelegramEmulator()
    for _ in range(2):
        async with running(emulator) as server, httpx.AsyncClient(base_url=server.base_url) as client:
            assert (await client.get(f"/bot{emulator.token}/getMe")).status_code == 200
