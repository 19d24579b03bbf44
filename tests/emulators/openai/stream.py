"""One streamed answer, with the trouble that was ordered for it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from fastapi.responses import StreamingResponse
from starlette.types import Send

from tests.emulators.openai import wire
from tests.emulators.openai.completion import Completion
from tests.emulators.openai.errors import ConnectionCut
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.meter import Call
from tests.emulators.openai.settings import EmulatorSettings

# Long enough for the two halves of a split event to leave as two network chunks.
SPLIT_PAUSE_SECONDS = 0.005

ENDING_FAULTS = frozenset({FaultKind.CUT, FaultKind.EOF, FaultKind.ERROR_EVENT, FaultKind.STALL})


class EventStream(StreamingResponse):
    """Closes its generator as soon as the client has gone, so that the meter learns of it at once."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__(events, headers={"Cache-Control": "no-cache"})
        self._events = events

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._events):
            await super().stream_response(send)


@dataclass(frozen=True, slots=True)
class Pace:
    """When the token number `n` is due, in seconds from the start."""

    first: float
    per_token: float

    @classmethod
    def of(cls, settings: EmulatorSettings, total_tokens: int) -> "Pace":
        if settings.answer_seconds is not None:
            rest = max(settings.answer_seconds - settings.first_token_delay, 0.0)
            return cls(settings.first_token_delay, rest / max(total_tokens, 1))
        return cls(settings.first_token_delay, 1 / settings.tokens_per_second if settings.tokens_per_second else 0.0)

    async def wait(self, started: float, tokens: int) -> None:
        await asyncio.sleep(max(started + self.first + tokens * self.per_token - time.monotonic(), 0.0))


@dataclass(frozen=True, slots=True)
class ChatStream:
    envelope: wire.Envelope
    completion: Completion
    call: Call
    fault: Fault | None
    pace: Pace
    tokens_per_chunk: int
    wait_for_shutdown: Callable[[], Awaitable[object]]

    async def events(self) -> AsyncGenerator[bytes]:
        try:
            async for body in self._answer():
                for part in self._parts(body):
                    yield part
                    if self._struck_by(FaultKind.SPLIT_UTF8):
                        await asyncio.sleep(SPLIT_PAUSE_SECONDS)
        finally:
            self.call.end("abandoned")

    async def _answer(self) -> AsyncGenerator[bytes]:
        started = time.monotonic()
        await self.pace.wait(started, 0)
        self.call.first_byte = time.monotonic()
        yield wire.event(self.envelope.chunk({"role": "assistant", "content": "", "refusal": None}))
        pending = self.fault
        for text, size in self.completion.pieces(self.tokens_per_chunk):
            if pending and self.call.tokens_out >= pending.after_tokens:
                async for body in self._strike(pending, text):
                    yield body
                if pending.kind in ENDING_FAULTS:
                    return
                pending = None
            self.call.tokens_out += size
            await self.pace.wait(started, self.call.tokens_out)
            if text:
                yield wire.event(self.envelope.chunk({"content": text}))
        if pending and pending.kind in ENDING_FAULTS:
            # The answer was shorter than `after_tokens`: the trouble comes at its end.
            async for body in self._strike(pending, ""):
                yield body
            return
        async for body in self._ending():
            yield body

    async def _ending(self) -> AsyncGenerator[bytes]:
        yield wire.event(self.envelope.chunk({}, self.completion.finish_reason))
        if self.envelope.with_usage and not self._struck_by(FaultKind.NO_USAGE):
            yield wire.event(self.envelope.usage_chunk(self.call.tokens_in, self.call.tokens_out))
        self.call.end("finished" if self.completion.finish_reason == "stop" else "length")
        yield wire.DONE

    async def _strike(self, fault: Fault, next_text: str) -> AsyncGenerator[bytes]:
        if fault.kind in ENDING_FAULTS and fault.kind is not FaultKind.STALL:
            self.call.end("cut")
        match fault.kind:
            case FaultKind.CUT:
                raise ConnectionCut
            case FaultKind.ERROR_EVENT:
                message = "The server had an error while processing your request. Sorry about that!"
                yield wire.event({"error": {"message": message, "type": "server_error", "param": None, "code": None}})
            case FaultKind.STALL:
                await self.wait_for_shutdown()
            case FaultKind.BAD_JSON:
                yield b'data: {"id": "chatcmpl-broken", "choices": [{"delta": {"con\n\n'
            case FaultKind.DUPLICATE_CHUNK:
                yield wire.event(self.envelope.chunk({"content": next_text}))

    def _parts(self, body: bytes) -> list[bytes]:
        """The event as network chunks; split after the first byte of its last character that takes several."""
        if not self._struck_by(FaultKind.SPLIT_UTF8):
            return [body]
        lead = next((at for at in range(len(body) - 1, -1, -1) if body[at] >= 0xC0), None)
        return [body] if lead is None else [body[: lead + 1], body[lead + 1 :]]

    def _struck_by(self, kind: FaultKind) -> bool:
        return self.fault is not None and self.fault.kind is kind
