import time

import httpx
import pytest
from openai import AsyncOpenAI, InternalServerError

from tests.emulators.openai import OpenAIEmulator, Personality, running
from tests.unit.emulators.openai.prompts import request

BRIEF = request(brief="Пост о чае")


async def test_the_journal_says_when_and_what_was_asked(client: AsyncOpenAI, http: httpx.AsyncClient) -> None:
    before = time.monotonic()
    await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    [row] = (await http.get("/admin/journal")).json()
    assert before <= row["arrived"] <= row["ended"] <= time.monotonic()
    assert (row["endpoint"], row["model"], row["outcome"]) == ("chat", "gpt-4.1", "finished")
    assert "body" not in row
    [row] = (await http.get("/admin/journal", params={"bodies": True})).json()
    assert row["body"]["messages"] == BRIEF


async def test_the_meter_agrees_with_the_usage_that_was_reported(client: AsyncOpenAI, http: httpx.AsyncClient) -> None:
    usages = [(await client.chat.completions.create(model="m", messages=BRIEF)).usage for _ in range(2)]
    meter = (await http.get("/admin/meter")).json()
    assert meter["requests"] == 2
    assert meter["tokens_in"] == sum(usage.prompt_tokens for usage in usages if usage)
    assert meter["tokens_out"] == sum(usage.completion_tokens for usage in usages if usage)


async def test_faults_over_http(client: AsyncOpenAI, http: httpx.AsyncClient) -> None:
    added = await http.post("/admin/faults", json={"kind": "server_error", "count": 5})
    assert added.json()[0]["count"] == 5
    with pytest.raises(InternalServerError):
        await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    assert (await http.get("/admin/faults")).json()[0]["count"] == 4
    await http.delete("/admin/faults")
    assert await client.chat.completions.create(model="gpt-4.1", messages=BRIEF)
    assert (await http.post("/admin/faults", json={"kind": "flood"})).status_code == 400


async def test_settings_over_http(http: httpx.AsyncClient, emulator: OpenAIEmulator) -> None:
    changed = await http.post("/admin/settings", json={"tokens_per_second": 30, "answer_seconds": None})
    assert changed.json()["tokens_per_second"] == 30
    assert emulator.settings.tokens_per_second == 30
    assert (await http.post("/admin/settings", json={"colour": 1})).status_code == 400
    assert (await http.post("/admin/settings", json={"tokens_per_second": "quick"})).status_code == 400
    await http.post("/admin/personality", params={"personality": "nonsense", "model_prefix": "gpt-4.1-m"})
    assert emulator.settings.personality_of("gpt-4.1-mini") is Personality.NONSENSE
    assert emulator.settings.personality_of("gpt-4.1") is Personality.HONEST


async def test_an_answer_takes_the_time_it_is_given(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.settings.answer_seconds = 0.2
    stream = await client.chat.completions.create(model="gpt-4.1", messages=BRIEF, stream=True)
    async for _ in stream:
        pass
    [call] = emulator.meter.calls
    assert call.ended is not None
    assert call.ended - call.arrived >= 0.2


async def test_a_server_of_ones_own_stops_while_an_answer_is_silent() -> None:
    emulator = OpenAIEmulator(personality=Personality.SILENT)
    async with running(emulator) as server, httpx.AsyncClient(base_url=server.origin) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        with pytest.raises(httpx.ReadTimeout):
            await http.post("/v1/chat/completions", json={"model": "m", "messages": BRIEF}, timeout=0.2)
    assert emulator.meter.calls[-1].outcome == "abandoned"


async def test_the_models_are_listed(client: AsyncOpenAI) -> None:
    names = [model.id async for model in client.models.list()]
    assert "gpt-4.1" in names
    assert (await client.models.retrieve("gpt-4.1")).id == "gpt-4.1"
