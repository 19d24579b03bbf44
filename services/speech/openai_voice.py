"""TextToSpeech over the speech API of OpenAI, and of servers that speak like it."""

import asyncio
from typing import TYPE_CHECKING

from services.speech.ports import SpeakRequest, Spoken

if TYPE_CHECKING:
    from services.speech.openai_speaking import OpenAISpeaking


class OpenAIVoice:
    """Opens on first use: importing the vendor's library takes about a second, so it happens in a thread."""

    def __init__(
        self, provider: str, api_key: str | None, base_url: str | None = None, timeout_seconds: float = 45.0
    ) -> None:
        """Local servers take any key; without one a placeholder is sent, since the client insists on having one."""
        self._provider = provider
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds
        self._opened: OpenAISpeaking | None = None
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

    async def speak(self, request: SpeakRequest) -> Spoken:
        return await (self._opened or await self._open()).speak(request)

    async def _open(self) -> "OpenAISpeaking":
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(self._build)
            return self._opened

    def _build(self) -> "OpenAISpeaking":
        from services.speech.openai_speaking import OpenAISpeaking, build_client

        return OpenAISpeaking(build_client(self._api_key, self._base_url, self._timeout_seconds))
