import asyncio
import sys

import httpx


async def test_the_command_serves_until_it_is_told_to_stop() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.emulators.openai", "--port", "0", "--tokens-per-second", "60",
        "--personality", "obedient", stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    base_url = line.partition("OPENAI_BASE_URL=")[2].strip()
    async with httpx.AsyncClient(base_url=base_url.removesuffix("/v1")) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        settings = (await http.post("/admin/settings", json={})).json()
    assert (settings["tokens_per_second"], settings["personality"]) == (60, "obedient")
    process.terminate()
    await asyncio.wait_for(process.wait(), 10)
