"""BatchProvider over the Files and Batch APIs of OpenAI, and of servers that speak like it.

Sources: https://platform.openai.com/docs/api-reference/batch, https://platform.openai.com/docs/api-reference/files.
"""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from services.batching.ports import ProviderBatch

if TYPE_CHECKING:
    from services.batching.openai_batching import OpenAIBatching


class OpenAIBatches:
    """Opens on first use: importing the vendor's library takes about a second, so it happens in a thread."""

    def __init__(
        self, provider: str, api_key: str | None, base_url: str | None = None, timeout_seconds: float = 60.0
    ) -> None:
        self._provider = provider
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds
        self._opened: OpenAIBatching | None = None
        self._opening = asyncio.Lock()

    @property
    def provider(self) -> str:
        return self._provider

    async def aclose(self) -> None:
        async with self._opening:
            if self._opened is not None:
                await self._opened.aclose()
                self._opened = None

    async def check(self) -> None:
        await (await self._open()).check()

    async def uploaded(self, name: str, since: datetime) -> str | None:
        return await (await self._open()).uploaded(name, since)

    async def upload(self, name: str, content: bytes) -> str:
        return await (await self._open()).upload(name, content)

    async def create(self, file_id: str, key: str) -> ProviderBatch:
        return await (await self._open()).create(file_id, key)

    async def find(self, key: str, since: datetime) -> ProviderBatch | None:
        return await (await self._open()).find(key, since)

    async def get(self, batch_id: str) -> ProviderBatch:
        return await (await self._open()).get(batch_id)

    async def cancel(self, batch_id: str) -> None:
        await (await self._open()).cancel(batch_id)

    async def download(self, file_id: str) -> bytes:
        return await (await self._open()).download(file_id)

    async def forget(self, file_id: str) -> None:
        await (await self._open()).forget(file_id)

    async def _open(self) -> "OpenAIBatching":
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(self._build)
            return self._opened

    def _build(self) -> "OpenAIBatching":
        from services.batching.openai_batching import OpenAIBatching, build_client

        return OpenAIBatching(build_client(self._api_key, self._base_url, self._timeout_seconds))
