"""TextToSpeech that hums, or fails as it is told."""

from collections import deque
from dataclasses import dataclass, field

from services.domain.errors import ModelError
from services.domain.usage import Usage
from services.speech.ports import SpeakRequest, Spoken
from tests.emulators.openai.humming import as_wav, hum


@dataclass
class HummingVoice:
    provider: str = "scripted"
    usage: Usage | None = None
    failures: deque[ModelError] = field(default_factory=deque)
    """Of the next calls, one each."""
    requests: list[SpeakRequest] = field(default_factory=list)
    warmed_up: int = 0

    async def speak(self, request: SpeakRequest) -> Spoken:
        self.requests.append(request)
        if self.failures:
            raise self.failures.popleft()
        return Spoken(as_wav(hum(request.text, request.voice)), self.usage)

    async def warm_up(self) -> None:
        self.warmed_up += 1
