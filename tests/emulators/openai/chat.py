"""POST /v1/chat/completions."""

import time
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tests.emulators.openai import strictness, tokens, wire
from tests.emulators.openai.answers import answer
from tests.emulators.openai.completion import Completion, complete
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.faults import Fault
from tests.emulators.openai.meter import Call
from tests.emulators.openai.settings import Personality
from tests.emulators.openai.stream import ChatStream, EventStream, Pace


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    include_usage: bool = False
    include_obfuscation: bool = False


class ChatBody(BaseModel):
    """Fields that OpenAI knows; any other is refused. Those the emulator cannot honour are accepted and unused."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(min_length=1)
    messages: list[dict[str, Any]] = Field(min_length=1)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    response_format: dict[str, Any] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    stop: str | list[str] | None = None
    seed: int | None = None
    n: Literal[1] | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    logit_bias: dict[str, int] | None = None
    logprobs: Literal[False] | None = None
    metadata: dict[str, str] | None = None
    modalities: list[Literal["text"]] | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    reasoning_effort: str | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    user: str | None = None
    verbosity: str | None = None

    @property
    def stops(self) -> list[str]:
        return [self.stop] if isinstance(self.stop, str) else self.stop or []

    @property
    def limit(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens


def chat_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/chat/completions")
    async def create_completion(body: ChatBody, request: Request) -> Response:
        with emulator.call(request, "chat", body.model, body.model_dump(exclude_none=True)) as call:
            fault = await emulator.admit(request, call)
            call.tokens_in = tokens.count_messages(body.model, body.messages)
            strictness.check_chat(body, call.tokens_in, emulator.settings.context_window)
            if call.personality == Personality.SILENT:
                await emulator.hang(request, call)
            call.tokens_cached = emulator.read_prefix(body.model, body.messages, body.response_format)
            reply = emulator.cast.say(Personality(call.personality), body.messages, body.response_format, body.seed)
            completion = complete(body.model, reply, body.stops, body.limit)
            if body.stream:
                return _streamed(emulator, body, call, fault, completion)
            return await _whole(emulator, request, call, fault, completion)

    return router


def _envelope(call: Call, with_usage: bool = False) -> wire.Envelope:
    return wire.Envelope(f"chatcmpl-{call.id}", call.model, int(time.time()), with_usage, call.tokens_cached)


def _streamed(
    emulator: OpenAIEmulator, body: ChatBody, call: Call, fault: Fault | None, completion: Completion
) -> Response:
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    stream = ChatStream(
        envelope=_envelope(call, with_usage),
        completion=completion,
        call=call,
        fault=fault,
        pace=Pace.of(emulator.settings, len(completion.token_ids)),
        tokens_per_chunk=emulator.settings.tokens_per_chunk,
        wait_for_shutdown=emulator.shutdown.wait,
    )
    return EventStream(stream.events())


async def _whole(
    emulator: OpenAIEmulator, request: Request, call: Call, fault: Fault | None, completion: Completion
) -> Response:
    if completion.endless:
        await emulator.hang(request, call)
    call.tokens_out = len(completion.token_ids)
    await Pace.of(emulator.settings, call.tokens_out).wait(time.monotonic(), call.tokens_out)
    body = _envelope(call).completion(completion.text, completion.finish_reason, call.tokens_in, call.tokens_out)
    outcome = "finished" if completion.finish_reason == "stop" else "length"
    return await answer(emulator, request, call, fault, body, outcome)
