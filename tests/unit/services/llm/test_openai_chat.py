"""What only the wire can do: stalls, broken connections, refused options, secrets in error texts."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from services.domain.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    StreamIncomplete,
)
from services.domain.prompt import Message, SamplingParameters
from services.domain.usage import Usage
from services.llm.openai_chat import OpenAIChat, StreamTimeouts
from services.llm.openai_errors import retry_after_seconds
from services.llm.ports import ChatRequest, StreamEnd, TextDelta
from tests.fakes.sse_server import DONE, HangUp, Reply, SseServer, chunk, event, refused, sse_server, streamed, usage

KEY = "sk-canary-4f8a"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
IMPATIENT = StreamTimeouts(first_token=30, between_chunks=0.1)
"""Only for servers that never speak again: elsewhere a slow machine must not look like a stall."""


@pytest.fixture
async def server() -> AsyncIterator[SseServer]:
    async with sse_server() as server:
        yield server


@pytest.fixture
async def chat(server: SseServer) -> AsyncIterator[OpenAIChat]:
    chat = OpenAIChat("test", KEY, server.url)
    yield chat
    await chat.aclose()


@pytest.fixture
async def impatient(server: SseServer) -> AsyncIterator[OpenAIChat]:
    chat = OpenAIChat("test", KEY, server.url, timeouts=IMPATIENT)
    await chat.warm_up()
    yield chat
    await chat.aclose()


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


# --- streams


async def test_letters_split_between_packets_come_out_whole(chat: OpenAIChat, server: SseServer) -> None:
    wire = chunk("Подождёт 🌙") + chunk(finish="stop") + DONE
    server.replies.append(Reply([wire[at : at + 1] for at in range(len(wire))]))
    assert (await heard(chat))[0] == "Подождёт 🌙"


async def test_silence_before_the_first_token_is_a_timeout(server: SseServer) -> None:
    chat = OpenAIChat("test", KEY, server.url, timeouts=StreamTimeouts(first_token=0.1))
    server.replies.append(Reply([chunk(role="assistant"), asyncio.Event()]))
    failure = await failure_of(chat)
    await chat.aclose()
    assert type(failure) is ModelTimeout
    assert str(failure) == "no first token in time"
    await asyncio.wait_for(server.all_closed.wait(), 5)


async def test_silence_in_the_middle_is_a_timeout(impatient: OpenAIChat, server: SseServer) -> None:
    server.replies.append(Reply([chunk("begun"), asyncio.Event()]))
    failure = await failure_of(impatient)
    assert type(failure) is ModelTimeout
    assert str(failure) == "the stream stalled"


async def test_a_reasoning_model_that_thinks_aloud_has_begun(impatient: OpenAIChat, server: SseServer) -> None:
    server.replies.append(Reply([chunk(reasoning_content="hmm"), asyncio.Event()]))
    assert str(await failure_of(impatient)) == "the stream stalled"


async def test_usage_that_never_comes_is_not_waited_for(server: SseServer) -> None:
    chat = OpenAIChat("test", KEY, server.url, timeouts=StreamTimeouts(usage=0.05))
    server.replies.append(Reply([chunk("all of it"), chunk(finish="stop"), asyncio.Event()]))
    text, end = await heard(chat)
    await chat.aclose()
    assert (text, end.finish_reason, end.usage) == ("all of it", "stop", None)


async def test_a_connection_reset_in_the_middle_is_a_cut_answer(chat: OpenAIChat, server: SseServer) -> None:
    headers = {"content-type": "text/event-stream", "content-length": "100000"}
    server.replies.append(Reply([chunk("half"), HangUp()], headers=headers))
    assert type(await failure_of(chat)) is StreamIncomplete


async def test_a_connection_reset_after_the_finish_reason_harms_nothing(chat: OpenAIChat, server: SseServer) -> None:
    headers = {"content-type": "text/event-stream", "content-length": "100000"}
    server.replies.append(Reply([chunk("whole"), chunk(finish="stop"), HangUp()], headers=headers))
    assert (await heard(chat))[0] == "whole"


async def test_malformed_events_in_the_middle_are_a_cut_answer(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(Reply([chunk("half"), b"data: {not json\n\n"]))
    assert type(await failure_of(chat)) is StreamIncomplete


async def test_nobody_at_the_address_is_unavailable() -> None:
    chat = OpenAIChat("test", None, "http://127.0.0.1:9/v1")
    assert type(await failure_of(chat)) is ModelUnavailable
    await chat.aclose()


async def test_a_web_page_is_named_as_such(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(Reply([b"<html>router</html>"], headers={"content-type": "text/html"}))
    failure = await failure_of(chat)
    assert type(failure) is ModelRefused
    assert "base URL" in str(failure)


async def test_a_refusal_is_text_for_the_person(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(Reply([chunk(refusal="I can't help with that."), chunk(finish="stop"), DONE]))
    assert (await heard(chat))[0] == "I can't help with that."


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (event({"error": {"code": 429, "message": "slow"}}), ModelBusy),
        (event({"error": {"type": "overloaded_error", "message": "x"}}), ModelBusy),
        (event({"error": {"code": "insufficient_quota", "type": "insufficient_quota"}}), ModelRefused),
        (event({"error": {"code": 502, "message": "bad gateway"}}), ModelUnavailable),
        (event({"error": {"code": 400, "message": "maximum context length is 8192 tokens"}}), ContextTooLong),
        (event({"error": "plain words"}), ModelUnavailable),
        (event({"object": "error", "message": "out of memory", "code": 500}), ModelUnavailable),
        (chunk(finish="error"), ModelUnavailable),
    ],
)
async def test_error_events_inside_a_200_stream_are_read(
    chat: OpenAIChat, server: SseServer, wire: bytes, kind: type[ModelError]
) -> None:
    server.replies.append(Reply([wire]))
    assert type(await failure_of(chat)) is kind


async def test_missing_and_misplaced_fields_are_survived(chat: OpenAIChat, server: SseServer) -> None:
    odd = [
        event({"choices": []}),
        event({"choices": [{"delta": None}]}),
        event({"choices": None, "usage": {"prompt_tokens": 5}}),
        b": keep-alive\n\n",
    ]
    server.replies.append(Reply([*odd, chunk("ok"), chunk(finish="length"), DONE]))
    text, end = await heard(chat)
    assert (text, end.finish_reason, end.usage) == ("ok", "length", Usage(5, 0, 0))


# --- statuses


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ModelRefused),
        (401, ModelRefused),
        (402, ModelRefused),
        (403, ModelRefused),
        (404, ModelRefused),
        (408, ModelUnavailable),
        (409, ModelUnavailable),
        (413, ContextTooLong),
        (429, ModelBusy),
        (500, ModelUnavailable),
        (503, ModelUnavailable),
        (529, ModelUnavailable),
    ],
)
async def test_statuses(chat: OpenAIChat, server: SseServer, status: int, kind: type[ModelError]) -> None:
    server.replies.append(refused(status, {"message": "no", "type": "t", "code": "c"}))
    assert type(await failure_of(chat)) is kind
    assert len(server.bodies) == 1, "the adapter itself never retries"


async def test_an_empty_purse_is_not_a_rate_limit(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(refused(429, {"message": "You exceeded your quota", "code": "insufficient_quota"}))
    assert type(await failure_of(chat)) is ModelRefused


def test_retry_after_in_seconds_milliseconds_and_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_after_seconds({"retry-after": "1.5"}) == 1.5
    assert retry_after_seconds({"retry-after-ms": "250", "retry-after": "9"}) == 0.25
    assert 27 < (retry_after_seconds({"retry-after": soon}) or 0) <= 30
    assert retry_after_seconds({"retry-after": "soon"}) is None
    assert retry_after_seconds({"retry-after": "-5"}) is None
    assert retry_after_seconds({}) is None


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_no_secret_reaches_an_error(chat: OpenAIChat, server: SseServer, status: int) -> None:
    message = f"Incorrect API key provided: {KEY}. Your prompt was: secret-brief"
    server.replies.append(refused(status, {"message": message, "type": KEY, "code": f"key {KEY}", "param": KEY}))
    failure = await failure_of(chat)
    shown = "".join(traceback.format_exception(failure)) + repr(failure.__dict__)
    assert server.authorizations == [f"bearer {KEY}"], "the key was really sent"
    assert KEY not in shown
    assert "secret-brief" not in shown
    assert failure.__context__ is None


async def test_local_servers_need_no_key(server: SseServer) -> None:
    chat = OpenAIChat("ollama", None, server.url)
    server.replies.append(streamed("ok"))
    assert (await heard(chat))[0] == "ok"
    await chat.aclose()


# --- options that a model refuses


async def test_everything_is_sent_to_a_model_that_takes_it(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(streamed("ok"))
    request = a_request(SCHEMA, temperature=0.9, top_p=0.95, max_tokens=50, stop=("END",), seed=7)
    _, end = await heard(chat, request)
    body = server.bodies[0]
    sent = {name: body[name] for name in ("temperature", "top_p", "max_tokens", "stop", "seed", "stream_options")}
    assert sent == {
        "temperature": 0.9,
        "top_p": 0.95,
        "max_tokens": 50,
        "stop": ["END"],
        "seed": 7,
        "stream_options": {"include_usage": True},
    }
    assert body["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert end.not_sent == ()
    assert end.usage == Usage(100, 40, 20)


async def test_a_reasoning_model_is_understood_once_and_for_all(chat: OpenAIChat, server: SseServer) -> None:
    limit = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    heat = "Unsupported value: 'temperature' does not support 0.9 with this model. Only the default (1) is supported."
    server.replies += [
        refused(400, {"message": limit, "param": "max_tokens", "code": "unsupported_parameter"}),
        refused(400, {"message": heat, "param": "temperature", "code": "unsupported_value"}),
        streamed("ok"),
        streamed("again"),
    ]
    text, end = await heard(chat, a_request(temperature=0.9, max_tokens=50))
    await heard(chat, a_request(temperature=0.9, max_tokens=50))

    assert text == "ok"
    assert end.not_sent == ("temperature",)
    assert len(server.bodies) == 4, "the second call knows what the first one learned"
    for body in server.bodies[2:]:
        assert body["max_completion_tokens"] == 50
        assert not {"max_tokens", "temperature"} & set(body)


async def test_a_model_s_refusals_are_its_own(chat: OpenAIChat, server: SseServer) -> None:
    server.replies += [refused(400, {"message": "x", "param": "seed"}), streamed("ok"), streamed("ok")]
    await heard(chat, a_request(seed=1))
    await heard(chat, ChatRequest("other", (Message("user", "hi"),), SamplingParameters(seed=1)))
    assert "seed" not in server.bodies[1]
    assert server.bodies[2]["seed"] == 1


@pytest.mark.parametrize(
    ("status", "error", "gone"),
    [
        (
            422,
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "input": {}}]},
            "stream_options",
        ),
        (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "input": 7}]}, "seed"),
        (400, {"message": 'Unknown name "seed": Cannot find field.', "status": "INVALID_ARGUMENT"}, "seed"),
        (400, {"message": "property 'stop' is unsupported"}, "stop"),
        (400, {"message": "`top_p` is deprecated for this model."}, "top_p"),
    ],
)
async def test_refusals_in_other_dialects(
    chat: OpenAIChat, server: SseServer, status: int, error: dict[str, Any], gone: str
) -> None:
    server.replies += [refused(status, error), streamed("ok")]
    assert (await heard(chat, a_request(seed=7, stop=("END",), top_p=0.9)))[0] == "ok"
    assert set(server.bodies[0]) - set(server.bodies[1]) == {gone}


async def test_the_answer_s_shape_is_asked_for_as_strictly_as_the_provider_can(
    chat: OpenAIChat, server: SseServer
) -> None:
    server.replies += [
        refused(400, {"message": "This response_format type is unavailable now"}),
        refused(400, {"message": "'response_format.type' must be 'json_schema' or 'text'"}),
        streamed("ok"),
        streamed("ok"),
    ]
    await heard(chat, a_request(SCHEMA))
    await heard(chat, a_request(SCHEMA))
    shapes = [body.get("response_format", {}).get("type") for body in server.bodies]
    assert shapes == ["json_schema", "json_object", None, None]


async def test_a_bad_request_that_names_no_option_is_not_repeated(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(refused(400, {"message": "please stop, the seed of the problem is your prompt"}))
    assert type(await failure_of(chat, a_request(seed=1, stop=("x",)))) is ModelRefused
    assert len(server.bodies) == 1


async def test_a_full_context_is_not_taken_for_a_refused_option(chat: OpenAIChat, server: SseServer) -> None:
    message = "This model's maximum context length is 4096 tokens, 'max_tokens' is too large: 5000"
    server.replies.append(refused(400, {"message": message, "param": "max_tokens"}))
    assert type(await failure_of(chat, a_request(max_tokens=5000))) is ContextTooLong
    assert len(server.bodies) == 1


async def test_usage_in_every_chunk_is_not_added_up(chat: OpenAIChat, server: SseServer) -> None:
    server.replies.append(Reply([chunk("a"), usage(10, 1), chunk("b"), usage(10, 2), chunk(finish="stop"), DONE]))
    assert (await heard(chat))[1].usage == Usage(10, 0, 2)
