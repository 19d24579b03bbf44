"""Prompts that are read to the provider beforehand: once a release, where people work, as far as the money goes."""

import asyncio

from services.assistant.warm_prefixes import WarmPrefixes
from services.domain.budget import Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.prompts.jinja_library import JinjaPromptLibrary
from services.store.sql_ledger import SqlLedger
from tests.fakes.chat_model import ScriptedChatModel
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, PROMPTS, open_workshop


def warming(team: Team, model: ScriptedChatModel) -> WarmPrefixes:
    llm = LLMService(
        plan_routes(model, "smart", "fast"),
        ledger=SqlLedger(team.store),
        breaker=MemoryBreaker(),
        prices=FlatPriceList(),
        counter=WordCounter(),
    )
    return WarmPrefixes(team.store, llm, JinjaPromptLibrary(PROMPTS), team.clock)


async def has_worked(team: Team) -> ScriptedChatModel:
    """Two plain briefs and a hard one, all in Russian."""
    model = ScriptedChatModel()
    model.will_answer(IDEAS_JSON, IDEAS_JSON, IDEAS_JSON)
    workshop = open_workshop(team, model)
    for number, text in enumerate(("слоган к осени", "слоган к зиме", "стратегия весны"), 1):
        workshop.runner.wake((await team.asks(number, text=text)).id)
        async with asyncio.timeout(10):
            while len(workshop.nursery):  # noqa: ASYNC110 - the nursery tells, no event does
                await asyncio.sleep(0.001)
    return model


async def test_each_beginning_is_read_once(team: Team) -> None:
    asked = await has_worked(team)
    model = ScriptedChatModel()
    model.will_answer("{", "{")
    assert await warming(team, model)() == 2
    assert sorted(request.model for request in model.requests) == ["fast", "smart"]
    assert {request.messages[0] for request in model.requests} == {asked.requests[0].messages[0]}
    assert all(request.parameters.max_tokens == 16 for request in model.requests)
    assert await warming(team, ScriptedChatModel())() == 0, "not again at the next start"
    async with team.store.reading() as tx:
        spent = await tx.spending.totals()
    assert spent.calls == 3 + 2
    assert spent.cost_microusd > 0


async def test_where_nobody_works_nothing_is_read(team: Team) -> None:
    assert await warming(team, ScriptedChatModel())() == 0


async def test_it_ends_where_the_money_does(team: Team) -> None:
    await has_worked(team)
    key = BudgetKey(BudgetScope.TEAM, 0, BudgetPeriod.TOTAL)
    async with team.store.transaction() as tx:
        await tx.budgets.set(Budget(key, 1), team.admin.id, team.clock.now().date())
    model = ScriptedChatModel()
    assert await warming(team, model)() == 0
    assert model.requests == []
