"""Requests over the wire to a scripted server, and what came back."""

from contextlib import aclosing
from typing import Any

import pytest

from services.domain.errors import (
    ModelError,
)
from services.domain.prompt import Message, SamplingParameters
from services.llm.openai_chat import OpenAIChat
from services.llm.openai_timeouts import StreamTimeouts
from services.llm.ports import ChatRequest, StreamEnd, TextDelta

KEY = "sk-canary-4f8a"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
IMPATIENT = StreamTimeouts(first_token=30, between_chunks=0.1)
"""Only for servers that never speak again: elsewhere a slow machine must not look like a stall."""


def a_request(schema: dict[str, Any] | None = None, **parameters: Any) -> ChatRequest:
    return ChatRequest("m", (Message("user", "secret-brief"),), SamplingParameters(**parameters), schema)


async def heard(chat: OpenAIChat, request: ChatRequest | None = None) -> tuple[str, StreamEnd]:
    async with aclosing(chat.stream(request or a_request())) as stream:
        parts = [part async for part in stream]
    end = parts.pop()
    assert isinstance(end, StreamEnd)
    return "".join(part.text for part in parts if isinstance(part, TextDelta)), end


async def failure_of(chat: OpenAIChat, request: ChatRequest | None = None) -> ModelError:
    with pytest.raises(ModelError) as failure:
        await heard(chat, request)
    return failure.value
