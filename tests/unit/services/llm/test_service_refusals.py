"""A call that our own rules refuse is no failure of the provider's: no second try, no fallback, no verdict."""

import pytest

from services.domain.errors import BudgetExhausted, CallRefused, GenerationHalted
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, Bench

CIRCUIT = "scripted/smart"


@pytest.mark.parametrize("refusal", [BudgetExhausted(scope="team"), GenerationHalted()])
async def test_a_refused_call_is_not_tried_again_nor_elsewhere(bench: Bench, refusal: CallRefused) -> None:
    bench.ledger.refusal = refusal
    for _ in range(bench.breaker.threshold + 1):
        with pytest.raises(type(refusal)):
            await bench.service().complete(PROMPT, CONTEXT)
    assert (bench.models, bench.slept, bench.breaker.failures[CIRCUIT]) == ([], [], 0)


async def test_a_refused_probe_leaves_the_probing_to_the_next(bench: Bench) -> None:
    bench.fallbacks = ("smart",)
    bench.breaker.failures[CIRCUIT] = bench.breaker.threshold
    bench.breaker.rest(CIRCUIT)
    bench.ledger.refusal = BudgetExhausted()
    with pytest.raises(BudgetExhausted):
        await bench.service().complete(PROMPT, CONTEXT)
    bench.ledger.refusal = None
    bench.model.will_answer("alive")
    assert (await bench.service().complete(PROMPT, CONTEXT)).text == "alive"
