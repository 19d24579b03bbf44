"""The adapter over real HTTP against a strict emulator."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from services.batching.openai_batches import OpenAIBatches
from services.batching.ports import ProviderBatch, ProviderState
from services.batching.requests import chat_body
from services.batching.service import BatchingService
from services.domain.errors import BatchesNotOffered, ModelError, ModelRefused
from services.domain.generation import PromptRelease
from services.domain.prompt import Message, ModelRole, RenderedPrompt, SamplingParameters
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.server import RunningServer, serving

SINCE = datetime.now(UTC) - timedelta(minutes=1)
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
PROMPT = RenderedPrompt(
    (Message("system", "You write."), Message("user", "Ideas for tea")),
    PromptRelease("idea", "1.1", "0" * 64),
    ModelRole.SMART,
    SamplingParameters(temperature=0.9, max_tokens=200),
)
BODY = chat_body(PROMPT, "gpt-4.1", SCHEMA)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with serving(OpenAIEmulator()) as running:
        yield running


@asynccontextmanager
async def batching(server: RunningServer) -> AsyncIterator[BatchingService]:
    provider = OpenAIBatches("emulator", None, server.base_url, 5.0)
    try:
        yield BatchingService(provider, "gpt-4.1")
    finally:
        await provider.aclose()


async def ended(there: BatchingService, batch: ProviderBatch) -> ProviderBatch:
    for _ in range(10):
        batch = await there.get(batch.id)
        if batch.state is not ProviderState.WORKING:
            return batch
    raise AssertionError("it does not end")


async def created(there: BatchingService, key: str, *ids: str) -> ProviderBatch:
    return await there.create(key, SINCE, await there.upload(key, SINCE, [(one, BODY) for one in ids]))


async def test_answers_come_back_by_their_ids_and_the_meter_counts_them(server: RunningServer) -> None:
    async with batching(server) as there:
        await there.check()
        over = await ended(there, await created(there, "whole", "1", "2"))
        assert (over.state, over.done) == (ProviderState.COMPLETED, 2)
        answers = {answer.custom_id: answer for answer in await there.answers(over)}
        assert sorted(answers) == ["1", "2"]
        metered = {call.request_id: call for call in server.emulator.meter.of("batch")}
        for custom_id, answer in answers.items():
            assert answer.usage is not None
            assert (answer.usage.tokens_in, answer.usage.tokens_out) == (
                metered[custom_id].tokens_in,
                metered[custom_id].tokens_out,
            )
            assert answer.text
        assert await there.forget(over.output_file_id, over.output_file_id, None)
        with pytest.raises(ModelRefused):
            await there.answers(over)


async def test_what_was_created_and_not_heard_of_is_found_and_not_created_again(server: RunningServer) -> None:
    async with batching(server) as there:
        file_id = await there.upload("unheard", SINCE, [("1", BODY)])
        assert await there.upload("unheard", SINCE, [("1", BODY)]) == file_id
        server.emulator.faults.add(Fault(FaultKind.CUT, endpoint="batches"))
        with pytest.raises(ModelError):
            await there.create("unheard", SINCE, file_id)
        found = await there.create("unheard", SINCE, file_id)
        assert await there.find("unheard", SINCE) == found
        assert await there.find("unheard", datetime.now(UTC) + timedelta(days=1)) is None
        assert await there.find("nobody's", SINCE) is None


async def test_a_list_of_many_pages_is_read_to_its_end(server: RunningServer) -> None:
    async with batching(server) as there:
        first = await created(there, "long-ago", "1")
        async with httpx2.AsyncClient(base_url=server.base_url) as client:
            file_id = await there.upload("many", SINCE, [("1", BODY)])
            for _ in range(101):
                body = {
                    "input_file_id": file_id,
                    "endpoint": "/v1/chat/completions",
                    "completion_window": "24h",
                }
                assert (await client.post("/batches", json=body)).status_code == 200
        found = await there.find("long-ago", SINCE)
        assert found is not None
        assert found.id == first.id


async def test_what_was_done_by_the_end_of_a_cancelled_or_expired_batch_is_there(server: RunningServer) -> None:
    settings = server.emulator.settings
    async with batching(server) as there:
        settings.batch_lines_a_look = 1
        going = await created(there, "stopped", "1", "2", "3")
        for _ in range(2):
            going = await there.get(going.id)
        assert going.done == 1
        await there.cancel(going.id)
        over = await ended(there, going)
        assert over.state is ProviderState.CANCELLED
        asked = {answer.custom_id: answer.was_asked for answer in await there.answers(over)}
        assert asked == {"1": True, "2": False, "3": False}
        await there.cancel(over.id)  # it is over: nothing to do
        settings.batch_expires_after = 2
        over = await ended(there, await created(there, "late", "1", "2", "3"))
        settings.batch_expires_after, settings.batch_lines_a_look = None, 1_000
        assert over.state is ProviderState.EXPIRED
        assert [one.custom_id for one in await there.answers(over) if one.was_asked] == ["1", "2"]


async def test_a_refused_line_and_a_refused_file_say_why(server: RunningServer) -> None:
    async with batching(server) as there:
        bad = {**BODY, "temperature": 9}
        over = await ended(
            there, await there.create("bad-line", SINCE, await there.upload("bad-line", SINCE, [("1", bad)]))
        )
        (answer,) = await there.answers(over)
        assert (answer.error_code, answer.was_asked, answer.usage) == ("invalid_request", True, None)
        over = await ended(there, await created(there, "twice", "1", "1"))
        assert (over.state, over.problem) == (ProviderState.REFUSED, "duplicate_custom_id")


async def test_a_provider_without_batches_is_told_apart_from_one_that_is_away(server: RunningServer) -> None:
    server.emulator.settings.has_batches = False
    async with batching(server) as there:
        with pytest.raises(BatchesNotOffered):
            await there.check()
        with pytest.raises(BatchesNotOffered):
            await there.upload("never", SINCE, [("1", BODY)])
    server.emulator.settings.has_batches = True
    with pytest.raises(BatchesNotOffered):
        await BatchingService(None, "gpt-4.1").check()
    away = BatchingService(OpenAIBatches("away", None, "http://127.0.0.1:9/v1", 1.0), "gpt-4.1")
    with pytest.raises(ModelError) as error:
        await away.check()
    assert not isinstance(error.value, BatchesNotOffered)


def test_a_request_has_the_shape_of_the_guide() -> None:
    assert json.loads(json.dumps(BODY)) == {
        "model": "gpt-4.1",
        "messages": [{"role": "system", "content": "You write."}, {"role": "user", "content": "Ideas for tea"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
        "temperature": 0.9,
        "max_completion_tokens": 200,
    }
