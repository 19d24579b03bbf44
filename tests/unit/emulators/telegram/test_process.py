"""The emulator as a process of its own, as benchmarks and the demo run it."""

import asyncio
import socket
import sys
from pathlib import Path

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from tests.emulators.telegram.demo_cast import COPYWRITER_ID

ROOT = Path(__file__).parents[4]


async def test_the_command_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.emulators.telegram", "--port", str(port), "--token", "1:demo", "--demo"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            await _ready(client)
            me = (await client.get("/bot1:demo/getMe")).json()
            people = (await client.get("/demo/state", params={"person": COPYWRITER_ID})).json()["people"]
            # A second poll ends the first one with 409, so the first answer proves that a poll is waiting.
            async with asyncio.TaskGroup() as tasks:
                older = tasks.create_task(client.get("/bot1:demo/getUpdates", params={"timeout": 50}))
                newer = tasks.create_task(client.get("/bot1:demo/getUpdates", params={"timeout": 50}))
                await asyncio.wait([older, newer], return_when=asyncio.FIRST_COMPLETED)
                process.terminate()
            assert sorted([older.result().status_code, newer.result().status_code]) == [200, 409]
        assert await asyncio.wait_for(process.wait(), 20) in (0, -15)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert me["result"]["id"] == 1
    assert len(people) == 4


@retry(
    stop=stop_after_delay(60), wait=wait_fixed(0.1), retry=retry_if_exception_type(httpx.TransportError), reraise=True
)
async def _ready(client: httpx.AsyncClient) -> None:
    (await client.get("/healthz")).raise_for_status()
