"""What only the wire can do: stalls, broken connections, error events and statuses, secrets in error texts."""

import asyncio
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.calling.openai_errors import retry_after_seconds
from services.domain.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    StreamIncomplete,
)
from services.domain.usage import Usage
from services.llm.openai_chat import OpenAIChat
from services.llm.openai_timeouts import StreamTimeouts
from tests.fakes.sse_server import DONE, HangUp, Reply, SseServer, chunk, event, refused, streamed
from tests.unit.services.llm.wire import KEY, a_request, failure_of, heard


async def test_letters_split_between_packets_come_out_whole(chat: OpenAIChat, server: SseServer) -> None:
    wire = chunk("Подождёт 🌙") + chunk(finish="stop") + DONE
    server.replies.append(Reply([wire[at : at + 1] for at in range(len(wire))]))
    assert (await heard(chat))[0] == "Подождёт 🌙"


async def test_a_request_carries_our_name_for_it_also_when_it_is_corrected(chat: OpenAIChat, server: SseServer) -> None:
    refusal = {"message": "Unsupported parameter: 'stream_options'", "param": "stream_options"}
    whole = Reply([chunk("ok"), chunk(finish="stop"), DONE])
    server.replies.extend([refused(400, refusal), whole, whole])
    await heard(chat, replace(a_request(), request_id="muza-17"))
    await heard(chat)
    assert server.request_ids == ["muza-17", "muza-17", ""]


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
