"""The rules of having a text read aloud: readable, short enough, tried again with pauses, every try in the ledger."""

import asyncio
from dataclasses import dataclass

from services.calling.retry import RetryPolicy, Sleep
from services.calling.tries import Tries
from services.calling.verdict import Verdict
from services.domain.errors import ModelTimeout, NothingToDo, SpeechNotConfigured
from services.domain.generation import PromptRelease
from services.domain.metering import CircuitBreaker
from services.domain.usage import CallContext
from services.speech.call_record import RecordedVoice
from services.speech.ports import SpeakRequest, Spoken, VoiceBubble, VoiceEncoder
from services.speech.readable_text import shortened

LONGEST_CHARACTERS = 2_000
"""Two minutes and a half: more is read faster than heard. The API takes 4,096."""
TOTAL_SECONDS = 60.0
"""For all tries: less than a delivery may take (`services.delivery.verdict.Patience`)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to say it, and the prompt this comes from."""

    instructions: str = ""
    release: PromptRelease | None = None


@dataclass(frozen=True, slots=True)
class VoiceRoute:
    """A model that speaks, at its provider."""

    model: str
    provider: str

    @property
    def circuit(self) -> str:
        return f"{self.provider}/{self.model}"


class SpeechService:
    def __init__(
        self,
        voice: RecordedVoice | None,
        encoder: VoiceEncoder,
        breaker: CircuitBreaker,
        *,
        model: str = "",
        speaker: str = "alloy",
        policy: RetryPolicy | None = None,
        total_seconds: float = TOTAL_SECONDS,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`voice`: None when answers are not read aloud here. `speaker`: the provider's name of a voice."""
        self._voice = voice
        self._encoder = encoder
        self._breaker = breaker
        self._model = model
        self._speaker = speaker
        self._policy = policy or RetryPolicy(total_seconds=total_seconds)
        self._total_seconds = total_seconds
        self._sleep = sleep
        self._is_warm = False
        self._warming = asyncio.Lock()

    @property
    def is_configured(self) -> bool:
        return self._voice is not None

    def script(self, parts: tuple[str, ...], ending: str) -> str:
        """What will be said of `parts`: what does not fit is left out, and `ending` tells so. Empty: nothing can be."""
        return shortened(parts, ending, LONGEST_CHARACTERS)

    def kept(self, audio: bytes) -> VoiceBubble:
        """What was said before. Raises AudioUnreadable."""
        return self._encoder.again(audio)

    async def speak(self, text: str, context: CallContext, manner: Manner | None = None) -> VoiceBubble:
        """Raises the ModelError tree, NothingToDo, AudioUnreadable, and StoreUnavailable when there is no ledger."""
        if self._voice is None:
            raise SpeechNotConfigured("no SPEECH_MODEL")
        said = self.script(tuple(text.split("\n\n")), "")
        if not said:
            raise NothingToDo("nothing that could be said")
        manner = manner or Manner()
        request = SpeakRequest(self._model, said, self._speaker, manner.instructions)
        try:
            async with asyncio.timeout(self._total_seconds):
                await self._warm_up(self._voice)
                spoken = await self._spoken(self._voice, request, context, manner.release)
        except TimeoutError:
            raise ModelTimeout("the voice took too long") from None
        return await self._encoder.encode(spoken.audio)

    async def _warm_up(self, voice: RecordedVoice) -> None:
        async with self._warming:
            if not self._is_warm:
                await asyncio.to_thread(self._breaker.load)
                await voice.warm_up()
                self._is_warm = True

    async def _spoken(
        self, voice: RecordedVoice, request: SpeakRequest, context: CallContext, release: PromptRelease | None
    ) -> Spoken:
        route = VoiceRoute(request.model, voice.provider)
        tries = Tries([route], self._policy, self._breaker, self._sleep)
        while True:
            await tries.next()
            async with Verdict(self._breaker, tries, route) as verdict:
                spoken = await voice.speak(request, context, release)
            if verdict.error is None:
                return spoken
