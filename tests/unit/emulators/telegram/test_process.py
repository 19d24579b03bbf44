"""The emulator as a process of its own, as benchmarks and the demo run it."""

import asyncio
import socket
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[4]


async def test_the_command_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.emulators.telegram", "--port", str(port), "--token", "1:demo", "--demo"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(60):
            while not await _ready(client):
                await asyncio.sleep(0.05)
            me = (await client.get("/bot1:demo/getMe")).json()
            people = (await client.get("/demo/state", params={"person": 100_101})).json()["people"]
            async with asyncio.TaskGroup() as tasks:
                poll = tasks.create_task(client.get("/bot1:demo/getUpdates", params={"timeout": 50}, timeout=60))
                await asyncio.sleep(0.05)
                process.terminate()
            assert poll.result().json() == {"ok": True, "result": []}
        assert await asyncio.wait_for(process.wait(), 20) in (0, -15)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert me["result"]["id"] == 1
    assert len(people) == 4


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False
