"""What a request without money leaves: nothing was asked, everything is kept, and it runs again when there is some."""

import asyncio
from datetime import UTC, datetime

from services.assistant.retry_generation import RetryGeneration
from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.generation import Generation, GenerationState
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, Workshop, open_workshop, until

TEAM_DAY = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.DAY)


async def limit(team: Team, microusd: int) -> None:
    async with team.store.transaction() as tx:
        await tx.budgets.set(Budget(TEAM_DAY, microusd), team.admin.id, datetime.now(UTC).date())


async def account(team: Team) -> tuple[int, int]:
    """Spent, reserved."""
    async with team.store.reading() as tx:
        held = await tx.budgets.account(TEAM_DAY, datetime.now(UTC).date())
    return held.spent_microusd, held.reserved_microusd


async def run(team: Team, model: ScriptedChatModel) -> tuple[Generation, Workshop]:
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await workshop.finished()
    return await team.reload(generation), workshop


async def test_a_request_without_money_fails_at_once_and_can_be_run_again(team: Team) -> None:
    await limit(team, 3)
    model = ScriptedChatModel([answer(IDEAS_JSON)], repeat_last=True)
    failed, workshop = await run(team, model)
    assert (failed.state, failed.error_code) == (GenerationState.FAILED, "budget_exhausted")
    facts = {"scope": "team", "scope_id": 0, "period": "day", "limit": "0.00", "left": "0.00"}
    assert facts.items() <= failed.error_facts.items()
    assert model.requests == []
    assert await account(team) == (0, 0)
    async with team.store.reading() as tx:
        assert (await tx.calls.totals()).calls == 0, "nothing left, so nothing is in the ledger"
    (shown,) = workshop.presenter.screen_of(failed.id).failures
    assert (shown.code, shown.retryable, shown.generation.error_facts) == (
        "budget_exhausted",
        True,
        failed.error_facts,
    )

    await limit(team, 10_000_000)
    again = open_workshop(team, model)
    screen = workshop.presenter.screen_of(failed.id).placeholder
    assert screen is not None
    queued = await RetryGeneration(team.store, again.runner)(team.writer, failed.id, failed.version, screen)
    assert (queued.error_code, queued.error_facts) == (None, {})
    await again.finished()
    assert (await team.reload(failed)).state is GenerationState.IN_REVIEW
    assert await account(team) == (240, 0)


async def test_a_paid_answer_is_shown_when_there_is_no_money_to_mend_it(team: Team) -> None:
    await limit(team, 10_000_000)
    held = asyncio.Event()
    model = ScriptedChatModel([Answer(["Просто ", held, "текст."]), answer(IDEAS_JSON)])
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await until(lambda: bool(model.requests))
    await limit(team, 0)
    held.set()
    await workshop.finished()
    done = await team.reload(generation)
    assert (done.state, done.error_code) == (GenerationState.IN_REVIEW, None)
    assert done.draft is not None
    assert done.draft.raw_text == "Просто текст."
    assert len(model.requests) == 1
    assert await account(team) == (240, 0), "a limit that was lowered meanwhile forgets nothing"


async def test_a_second_try_needs_money_of_its_own(team: Team) -> None:
    await limit(team, 10_000_000)
    held = asyncio.Event()
    model = ScriptedChatModel([Answer([held, IDEAS_JSON[:60]], None, None), answer(IDEAS_JSON)])
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await until(lambda: bool(model.requests))
    await limit(team, 1)
    held.set()
    await workshop.finished()
    failed = await team.reload(generation)
    assert (failed.state, failed.error_code) == (GenerationState.FAILED, "budget_exhausted")
    assert len(model.requests) == 1
    spent, reserved = await account(team)
    assert (spent > 0, reserved) == (True, 0), "the first try was paid"
