"""ChatModel over the chat completions of OpenAI and of everything that speaks like it (Ollama, LM Studio, vLLM…)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from services.llm.openai_timeouts import StreamTimeouts
from services.llm.ports import ChatRequest, StreamEnd, TextDelta

if TYPE_CHECKING:
    from httpx2 import AsyncBaseTransport

    from services.llm.openai_stream import OpenAIStream


class OpenAIChat:
    """Opens on first use: importing the vendor's library takes about a second, so it happens in a thread."""

    def __init__(
        self,
        provider: str,
        api_key: str | None,
        base_url: str | None = None,
        timeout_seconds: float = 60.0,
        *,
        timeouts: StreamTimeouts | None = None,
        transport: "AsyncBaseTransport | None" = None,
    ) -> None:
        """Local servers take any key; without one a placeholder is sent, since the client insists on having one.

        `timeout_seconds` is the wait for the first token; `timeouts` sets each of them.
        """
        self._provider = provider
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._timeouts = timeouts or StreamTimeouts(
            first_token=timeout_seconds, between_chunks=min(timeout_seconds, 30.0)
        )
        self._transport = transport
        self._opened: OpenAIStream | None = None
        self._opening = asyncio.Lock()

    @property
    def provider(self) -> str:
        return self._provider

    async def warm_up(self) -> None:
        await self._open()

    async def aclose(self) -> None:
        async with self._opening:
            if self._opened is not None:
                await self._opened.aclose()
                self._opened = None

    async def stream(self, request: ChatRequest) -> AsyncGenerator[TextDelta | StreamEnd, None]:
        opened = self._opened or await self._open()
        async with aclosing(opened.stream(request)) as parts:
            async for part in parts:
                yield part

    async def _open(self) -> "OpenAIStream":
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(self._build)
            return self._opened

    def _build(self) -> "OpenAIStream":
        from services.llm.openai_stream import OpenAIStream, build_client

        client = build_client(self._api_key, self._base_url, self._timeouts, self._transport)
        return OpenAIStream(client, self._timeouts)
