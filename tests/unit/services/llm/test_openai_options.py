"""Options that a model refuses are left out, renamed or weakened, once and for all."""

from typing import Any

import pytest

from services.domain.errors import (
    ContextTooLong,
    ModelRefused,
)
from services.domain.prompt import Message, SamplingParameters
from services.domain.usage import Usage
from services.llm.openai_chat import OpenAIChat
from services.llm.ports import ChatRequest
from tests.fakes.sse_server import DONE, Reply, SseServer, chunk, refused, streamed, usage
from tests.unit.services.llm.wire import SCHEMA, a_request, failure_of, heard


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
