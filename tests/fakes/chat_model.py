"""ChatModel whose answers are written in advance and whose pace the test sets."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from services.domain.errors import ModelError
from services.domain.usage import Usage
from services.llm.ports import ChatRequest, StreamEnd, TextDelta

ANSWERED = Usage(tokens_in=100, tokens_cached=0, tokens_out=20)


@dataclass(frozen=True, slots=True)
class Answer:
    """One call's script: wait for `before`, send `pieces` (an Event among them is waited for), then end.

    `error` is raised after the pieces; `finish_reason` None is a cut stream. A fake of the provider's side only: it
    knows nothing of retries.
    """

    pieces: Sequence[str | asyncio.Event] = ()
    finish_reason: str | None = "stop"
    usage: Usage | None = ANSWERED
    error: ModelError | None = None
    before: asyncio.Event | None = None
    not_sent: tuple[str, ...] = ()


def answer(text: str, *, piece: int = 12) -> Answer:
    """`text` in pieces of `piece` characters."""
    return Answer([text[start : start + piece] for start in range(0, len(text), piece)])


def failing(error: ModelError, *pieces: str) -> Answer:
    return Answer(pieces, None, None, error=error)


def cut(*pieces: str) -> Answer:
    return Answer(pieces, None, None)


@dataclass
class ScriptedChatModel:
    """Answers call after call from `script`; the last one repeats when `repeat_last` is set."""

    script: list[Answer] = field(default_factory=list)
    provider: str = "scripted"
    repeat_last: bool = False
    requests: list[ChatRequest] = field(default_factory=list)
    """As received, oldest first."""
    open_streams: int = 0
    """Streams begun and not yet closed: 0 when nobody leaks one."""
    warmed_up: bool = False

    def will_answer(self, *answers: Answer | str) -> None:
        self.script.extend(answer(item) if isinstance(item, str) else item for item in answers)

    async def warm_up(self) -> None:
        self.warmed_up = True

    async def stream(self, request: ChatRequest) -> AsyncGenerator[TextDelta | StreamEnd, None]:
        self.requests.append(request)
        script = self._next()
        self.open_streams += 1
        try:
            if script.before is not None:
                await script.before.wait()
            for piece in script.pieces:
                if isinstance(piece, asyncio.Event):
                    await piece.wait()
                else:
                    await asyncio.sleep(0)  # a network would let others run, too
                    yield TextDelta(piece)
            if script.error is not None:
                raise script.error
            yield StreamEnd(script.finish_reason, script.usage, script.not_sent)
        finally:
            self.open_streams -= 1

    def _next(self) -> Answer:
        if not self.script:
            raise AssertionError("the model was called more often than the test expects")
        if self.repeat_last and len(self.script) == 1:
            return replace(self.script[0])
        return self.script.pop(0)
