import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from openai import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AsyncOpenAI,
    AuthenticationError,
    InternalServerError,
    RateLimitError,
)
from openai.types.chat import ChatCompletionChunk

from tests.emulators.openai import Fault, FaultKind, OpenAIEmulator, RunningServer
from tests.unit.emulators.openai.prompts import request

BRIEF = request(brief="Пост о чае")


async def stream(client: AsyncOpenAI, model: str = "gpt-4.1") -> AsyncIterator[ChatCompletionChunk]:
    chunks = await client.chat.completions.create(
        model=model, messages=BRIEF, seed=1, stream=True, stream_options={"include_usage": True}
    )
    async for chunk in chunks:
        yield chunk


async def streamed(client: AsyncOpenAI) -> tuple[str, str | None]:
    """Text and finish_reason."""
    text, reason = "", None
    async for chunk in stream(client):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reason = choice.finish_reason or reason
    return text, reason


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.RATE_LIMIT, RateLimitError),
        (FaultKind.SERVER_ERROR, InternalServerError),
        (FaultKind.UNAVAILABLE, InternalServerError),
    ],
)
async def test_refusals(client: AsyncOpenAI, emulator: OpenAIEmulator, kind: FaultKind, error: type[APIError]) -> None:
    emulator.faults.add(Fault(kind, seconds=7))
    with pytest.raises(error) as caught:
        await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    if isinstance(caught.value, RateLimitError):
        assert caught.value.response.headers["Retry-After"] == "7"
    assert emulator.meter.calls[-1].outcome == "refused"
    assert await client.chat.completions.create(model="gpt-4.1", messages=BRIEF), "the fault was for one request"


async def test_the_client_retries_by_itself_after_a_refusal(server: RunningServer) -> None:
    server.emulator.faults.add(Fault(FaultKind.RATE_LIMIT, seconds=0.01))
    async with AsyncOpenAI(base_url=server.base_url, api_key="key", max_retries=1) as client:
        assert await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    assert [call.outcome for call in server.emulator.meter.calls] == ["refused", "finished"]


async def test_a_delay_comes_before_the_answer(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.DELAY, seconds=0.15))
    started = time.monotonic()
    await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    assert time.monotonic() - started >= 0.15


async def test_a_cut_breaks_the_connection_and_what_was_produced_is_billed(
    client: AsyncOpenAI, emulator: OpenAIEmulator
) -> None:
    emulator.faults.add(Fault(FaultKind.CUT, after_tokens=8))
    text = ""
    with pytest.raises(APIConnectionError):  # noqa: PT012 - the text that came before the cut is looked at
        async for chunk in stream(client):
            text += chunk.choices[0].delta.content or ""
    assert text
    call = emulator.meter.calls[-1]
    assert (call.outcome, call.tokens_out) == ("cut", 8)


async def test_an_early_end_has_no_finish_reason(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.EOF))
    text, reason = await streamed(client)
    assert text
    assert reason is None


async def test_an_error_event_inside_a_stream(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.ERROR_EVENT))
    with pytest.raises(APIError, match="server had an error"):
        await streamed(client)


async def test_an_event_that_is_not_json(http: httpx.AsyncClient, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.BAD_JSON))
    body = {"model": "gpt-4.1", "messages": BRIEF, "stream": True}
    answer = await http.post("/v1/chat/completions", json=body)
    assert 'data: {"id": "chatcmpl-broken", "choices": [{"delta": {"con\n' in answer.text
    assert answer.text.endswith("data: [DONE]\n\n")


async def test_characters_split_between_network_chunks(
    client: AsyncOpenAI, http: httpx.AsyncClient, emulator: OpenAIEmulator
) -> None:
    emulator.settings.tokens_per_chunk = 40
    expected = await streamed(client)
    emulator.faults.add(Fault(FaultKind.SPLIT_UTF8, count=2))
    assert await streamed(client) == expected
    body = {"model": "gpt-4.1", "messages": BRIEF, "stream": True}
    async with http.stream("POST", "/v1/chat/completions", json=body) as answer:
        parts = [part async for part in answer.aiter_raw()]
    with pytest.raises(UnicodeDecodeError):
        [part.decode() for part in parts]


async def test_a_duplicate_chunk(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    text, _ = await streamed(client)
    emulator.faults.add(Fault(FaultKind.DUPLICATE_CHUNK))
    longer, reason = await streamed(client)
    assert reason == "stop"
    assert len(longer) > len(text)


async def test_a_stall_keeps_the_connection_open(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.STALL))
    with pytest.raises(APITimeoutError):
        await streamed(client.with_options(timeout=0.3))


async def test_usage_can_be_missing(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.NO_USAGE))
    assert [chunk async for chunk in stream(client) if chunk.usage] == []


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.EOF])
async def test_a_whole_answer_can_be_cut(client: AsyncOpenAI, emulator: OpenAIEmulator, kind: FaultKind) -> None:
    emulator.faults.add(Fault(kind))
    with pytest.raises(APIConnectionError):
        await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    assert emulator.meter.calls[-1].outcome == "cut"


async def test_faults_choose_by_model_endpoint_and_chance(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(
        Fault(FaultKind.SERVER_ERROR, count=None, model_prefix="dear"),
        Fault(FaultKind.SERVER_ERROR, count=None, endpoint="embeddings"),
        Fault(FaultKind.SERVER_ERROR, count=None, probability=0),
    )
    assert await client.chat.completions.create(model="cheap", messages=BRIEF)
    with pytest.raises(InternalServerError):
        await client.chat.completions.create(model="dear-1", messages=BRIEF)
    with pytest.raises(InternalServerError):
        await client.embeddings.create(model="text-embedding-3-small", input="чай")


async def test_a_wrong_key_is_refused(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.settings.api_key = "another"
    with pytest.raises(AuthenticationError):
        await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)


async def test_a_client_that_leaves_is_billed_for_what_was_produced(
    client: AsyncOpenAI, emulator: OpenAIEmulator
) -> None:
    emulator.settings.tokens_per_second = 50
    async with asyncio.timeout(5):
        async for chunk in stream(client):
            if chunk.choices and chunk.choices[0].delta.content:
                break
        await client.close()
        call = emulator.meter.calls[-1]
        while call.ended is None:  # noqa: ASYNC110 - the server notices in its own thread
            await asyncio.sleep(0.01)
    assert call.outcome == "abandoned"
    assert 0 < call.tokens_out < 60
