"""SpeechToText whose answers are written in advance."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.domain.errors import ModelError
from services.domain.usage import Usage
from services.transcription.ports import Heard, HeardSegment, ListenRequest


@dataclass(frozen=True, slots=True)
class Hearing:
    """One call's script: wait for `before`, then answer or fail. A fake of the provider's side: it never retries."""

    heard: Heard | None = None
    error: ModelError | None = None
    before: asyncio.Event | None = None


def heard(text: str, *, language: str | None = "ru", seconds: float = 2.0, sure: float = -0.1) -> Heard:
    """One segment, well understood."""
    segments = (HeardSegment(0, round(seconds * 1000), text, sure, 0.01, 1.2),) if text else ()
    return Heard(text, language, segments, Usage(audio_ms=round(seconds * 1000)))


@dataclass
class ScriptedListener:
    """Answers call after call from `script`; the last one repeats when `repeat_last` is set."""

    script: list[Hearing] = field(default_factory=list)
    provider: str = "scripted"
    repeat_last: bool = False
    requests: list[ListenRequest] = field(default_factory=list)
    """As received, oldest first."""
    listening: int = 0
    """Requests under way: 0 when nobody leaks one."""
    warmed_up: bool = False

    def will_hear(self, *answers: Heard | ModelError | str, before: asyncio.Event | None = None) -> None:
        self.script.extend(_hearing(answer, before) for answer in answers)

    async def warm_up(self) -> None:
        self.warmed_up = True

    async def listen(self, request: ListenRequest) -> Heard:
        self.requests.append(request)
        script = self._next()
        self.listening += 1
        try:
            if script.before is not None:
                await script.before.wait()
            await asyncio.sleep(0)  # a network would let others run, too
            if script.error is not None:
                raise script.error
            return script.heard or heard("")
        finally:
            self.listening -= 1

    @property
    def models(self) -> Sequence[str]:
        return [request.model for request in self.requests]

    def _next(self) -> Hearing:
        if not self.script:
            raise AssertionError("the model was asked more often than the test expects")
        if self.repeat_last and len(self.script) == 1:
            return replace(self.script[0])
        return self.script.pop(0)


def _hearing(answer: Heard | ModelError | str, before: asyncio.Event | None) -> Hearing:
    if isinstance(answer, ModelError):
        return Hearing(error=answer, before=before)
    return Hearing(heard(answer) if isinstance(answer, str) else answer, before=before)
