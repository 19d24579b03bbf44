"""What is held for a call is never less than what it can cost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.prompt import Message, ModelRole, RenderedPrompt, SamplingParameters
from services.llm.token_bound import most_tokens
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, PROMPT_TOKENS, Bench


@pytest.mark.parametrize("model", ["gpt-4.1", "openai/gpt-4o", "o3-mini", "GPT-5"])
def test_a_count_by_the_same_encoding_gets_a_margin(model: str) -> None:
    assert most_tokens(model, 1_000, ["плед " * 1_000]) == 1_000 + 100 + 64


@pytest.mark.parametrize("model", ["qwen3:8b", "mistral-large", "claude-sonnet-4", "proto-model"])
def test_another_encoding_is_bound_by_its_bytes(model: str) -> None:
    texts = ["плед " * 1_000, "tea"]
    assert most_tokens(model, 1_000, texts) >= sum(len(text.encode()) for text in texts)


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["gpt-4.1", "qwen"]))
def test_the_bound_is_above_the_count(text: str, model: str) -> None:
    counted = len(text.split())
    assert most_tokens(model, counted, [text]) > counted


async def test_the_answer_counts_up_to_its_limit_and_the_schema_too(bench: Bench) -> None:
    bench.model.will_answer("first", "second")
    prompt = RenderedPrompt(PROMPT.messages, PROMPT.release, PROMPT.role, SamplingParameters(max_tokens=700))
    service = bench.service()
    await service.complete(prompt, CONTEXT)
    await service.complete(prompt, CONTEXT, json_schema={"type": "object", "description": "word " * 500})
    plain, shaped = (errand.most_microusd for errand in bench.ledger.errands)
    assert plain >= 2 * (PROMPT_TOKENS + 700)
    assert shaped >= plain + 2 * 500


async def test_a_prompt_without_a_limit_gets_one(bench: Bench) -> None:
    bench.model.will_answer("ok")
    await bench.service().complete(PROMPT, CONTEXT)
    (request,) = bench.model.requests
    assert request.parameters.max_tokens == 4_000
    assert bench.ledger.errands[0].most_microusd >= 2 * 4_000


async def test_the_role_is_told(bench: Bench) -> None:
    bench.model.will_answer("ok", "ok")
    for role in ModelRole:
        asked = RenderedPrompt((Message("user", "tea"),), PROMPT.release, role)
        await bench.service().complete(asked, CONTEXT)
    assert [errand.role for errand in bench.ledger.errands] == ["smart", "fast"]
