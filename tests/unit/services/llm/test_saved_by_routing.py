"""What the fast model spares is told in the ledger, beside what it costs."""

from dataclasses import replace

from services.domain.price import Bill
from services.domain.prompt import ModelRole
from services.domain.usage import CallReport, Usage
from services.llm.service import LLMService
from tests.fakes.price_list import FlatPriceList
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, Bench

FAST = replace(PROMPT, role=ModelRole.FAST)


class TwoPrices(FlatPriceList):
    """The smart model costs ten a token, everything else two."""

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        if model in self.unknown_models or model != "smart":
            return super().bill(provider, model, usage)
        return Bill(10 * (usage.tokens_in + usage.tokens_out))


def service(bench: Bench, *unknown: str) -> LLMService:
    bench.prices = TwoPrices(unknown_models=frozenset(unknown))
    bench.fallbacks = ("backup",)
    bench.model.will_answer("one", "two")
    return bench.service()


def reports(bench: Bench) -> list[CallReport]:
    return [call.report for call in bench.ledger.calls if call.report is not None]


async def test_the_difference_is_saved(bench: Bench) -> None:
    done = await service(bench).complete(FAST, CONTEXT)
    (report,) = reports(bench)
    tokens = done.usage.tokens_in + done.usage.tokens_out
    assert tokens > 0
    assert (report.cost_microusd, report.routing_saved_microusd) == (2 * tokens, 8 * tokens)


async def test_the_smart_model_saves_nothing(bench: Bench) -> None:
    await service(bench).complete(PROMPT, CONTEXT)
    assert reports(bench)[0].routing_saved_microusd == 0


async def test_of_an_unknown_price_nothing_is_claimed(bench: Bench) -> None:
    await service(bench, "smart").complete(FAST, CONTEXT)
    await service(bench, "fast").complete(FAST, CONTEXT)
    assert [report.routing_saved_microusd for report in reports(bench)] == [0, 0]
