"""SpeechToText over the transcriptions of OpenAI and of everything that speaks like it; our own models process too."""

import asyncio
from typing import TYPE_CHECKING

from services.transcription.ports import Heard, ListenRequest

if TYPE_CHECKING:
    from httpx2 import AsyncBaseTransport

    from services.transcription.openai_transcriptions import OpenAITranscriptions


class OpenAIListener:
    """Opens on first use: importing the vendor's library takes about a second, so it happens in a thread."""

    def __init__(
        self,
        provider: str,
        api_key: str | None,
        base_url: str | None = None,
        *,
        own_server: bool = False,
        timeout_seconds: float = 60.0,
        seconds_per_second: float = 1.0,
        transport: "AsyncBaseTransport | None" = None,
    ) -> None:
        """An answer is waited for `timeout_seconds` and, for each second of sound, `seconds_per_second`.

        `own_server`: our models process, whose 503 means "in a while" with Retry-After and "not before an operator
        acts" without.
        """
        self._provider = provider
        self._api_key = api_key or "none"  # local servers take any key, but the client insists on having one
        self._base_url = base_url
        self._own_server = own_server
        self._timeout_seconds = timeout_seconds
        self._seconds_per_second = seconds_per_second
        self._transport = transport
        self._opened: OpenAITranscriptions | None = None
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

    async def listen(self, request: ListenRequest) -> Heard:
        opened = self._opened or await self._open()
        seconds = self._timeout_seconds + self._seconds_per_second * request.duration_ms / 1000
        return await opened.listen(request, seconds)

    async def _open(self) -> "OpenAITranscriptions":
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(self._build)
            return self._opened

    def _build(self) -> "OpenAITranscriptions":
        from services.transcription.openai_transcriptions import OpenAITranscriptions, build_client

        client = build_client(self._api_key, self._base_url, self._transport)
        return OpenAITranscriptions(client, own_server=self._own_server)
