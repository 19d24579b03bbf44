"""Starts the emulated Telegram as a process and asks it what it saw."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.emulators.telegram.emulator import DEFAULT_TOKEN

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class SeenCall:
    """Moments are time.monotonic(), which all processes of a machine share."""

    method: str
    chat_id: int | None
    status: int
    arrived: float
    answered: float
    retry_after: int | None
    fault: str | None

    @property
    def counts(self) -> bool:
        return self.method.startswith(("send", "edit")) and self.method != "sendChatAction"


@dataclass(frozen=True, slots=True)
class TelegramStand:
    base_url: str
    token: str
    http: httpx.AsyncClient

    async def reset(self, limits: str = "strict") -> None:
        await self._post("/bench/reset", limits=limits)

    async def storm(self, probability: float, shortest: int = 1, longest: int = 60) -> None:
        await self._post("/bench/storm", probability=probability, shortest=shortest, longest=longest)

    async def calls(self) -> list[SeenCall]:
        return [SeenCall(*row) for row in await self._get("/bench/calls")]

    async def early(self) -> list[list[Any]]:
        """Calls that arrived in a chat before the penalty of its last refusal had ended: [method, chat, moment]."""
        return list(await self._get("/bench/early"))

    async def texts(self) -> dict[int, list[str]]:
        return {int(chat): texts for chat, texts in (await self._get("/bench/texts")).items()}

    async def chats(self) -> tuple[list[int], list[int]]:
        """(private, groups)"""
        found = await self._get("/bench/chats")
        return found["private"], found["groups"]

    async def _get(self, path: str) -> Any:
        answer = await self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    async def _post(self, path: str, **parameters: Any) -> None:
        (await self.http.post(path, params=parameters)).raise_for_status()


@asynccontextmanager
async def telegram(people: int, groups: int = 0) -> AsyncIterator[TelegramStand]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.telegram_server",
        "--port", str(port), "--people", str(people), "--groups", str(groups),
        cwd=ROOT,
    )  # fmt: skip
    base_url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=base_url, timeout=60.0) as http:
            await _answers(http)
            yield TelegramStand(base_url, DEFAULT_TOKEN, http)
    finally:
        process.terminate()
        await process.wait()


async def _answers(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                (await http.get("/healthz")).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
