"""What a budget refused is told of once there is room again: once, to whoever asked, with its version."""

from datetime import UTC

import pytest

from services.assistant.budgets.grant_extra import GrantExtra
from services.assistant.budgets.set_budget import SetBudget
from services.assistant.budgets.target import BudgetTarget
from services.assistant.budgets.team_days import TeamDays
from services.domain.budget import BudgetPeriod, BudgetScope
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import Generation, GenerationState
from services.domain.recording import Recording, RecordingState
from tests.contract.recording_rows import a_recording
from tests.unit.services.assistant.budgets.test_budgets import DOLLAR, TEAM_TARGET, pressed, sent
from tests.unit.services.assistant.conftest import Team

MONTH = BudgetPeriod.MONTH
FACTS: dict[str, int | str] = {"scope": "team", "scope_id": 0, "period": "month", "limit": "1.00", "left": "0.00"}


async def refused(
    team: Team, message_id: int, facts: dict[str, int | str] | None = None, code: str = "budget_exhausted"
) -> Generation:
    generation, now = await team.asks(message_id), team.clock.now()
    async with team.store.transaction() as tx:
        claimed = await tx.generations.claim(generation.id, "test", now, now)
        assert claimed is not None
        failed = await tx.generations.finish(
            claimed.id,
            claimed.lease_token,
            GenerationState.FAILED,
            error_code=code,
            error_facts={**FACTS, **(facts or {})},
            now=now,
        )
    assert failed is not None
    return failed


async def raises(team: Team, limit: int, target: BudgetTarget = TEAM_TARGET) -> list[Delivery]:
    await SetBudget(team.store, team.jobs, TeamDays(team.clock, UTC))(team.admin, team.chat, target, MONTH, limit)
    return [delivery for delivery in await sent(team) if delivery.kind is DeliveryKind.BUDGET_READY]


async def test_each_request_is_told_of_once(team: Team) -> None:
    first, second = await refused(team, 10), await refused(team, 11)
    told = await raises(team, 5 * DOLLAR)
    assert {delivery.payload["generation_id"] for delivery in told} == {first.id, second.id}
    assert {delivery.address.chat_id for delivery in told} == {team.chat.id}
    assert {delivery.payload["version"] for delivery in told} == {first.version}
    assert await raises(team, 9 * DOLLAR) == []


async def test_a_request_that_is_refused_again_is_told_of_again(team: Team) -> None:
    failed = await refused(team, 10)
    assert len(await raises(team, 5 * DOLLAR)) == 1
    now = team.clock.now()
    async with team.store.transaction() as tx:
        await tx.generations.transition(failed.id, expected_version=failed.version, to=GenerationState.QUEUED)
        again = await tx.generations.claim(failed.id, "test", now, now)
        assert again is not None
        await tx.generations.finish(
            again.id,
            again.lease_token,
            GenerationState.FAILED,
            error_code="budget_exhausted",
            error_facts=FACTS,
            now=now,
        )
    assert len(await raises(team, 9 * DOLLAR)) == 1


@pytest.mark.parametrize(
    "other", [{"scope": "member", "scope_id": 3}, {"period": "day"}, {"scope": "project", "scope_id": 77}]
)
async def test_money_elsewhere_does_not_help(team: Team, other: dict[str, int | str]) -> None:
    await refused(team, 10, other)
    await refused(team, 11, code="model_timeout")
    assert await raises(team, 5 * DOLLAR) == []


async def test_a_limit_that_is_still_used_up_tells_nobody(team: Team) -> None:
    await refused(team, 10)
    assert await raises(team, 0) == []


async def test_a_grant_tells_too(team: Team) -> None:
    tools = (team.store, team.jobs, TeamDays(team.clock, UTC))
    sheet = await SetBudget(*tools)(team.admin, team.chat, TEAM_TARGET, MONTH, DOLLAR)
    await refused(team, 10)
    await GrantExtra(*tools)(team.admin, pressed(sheet))
    assert [delivery.kind for delivery in await sent(team)] == [DeliveryKind.BUDGET_READY]


async def test_the_rule_for_everybody_speaks_for_each_of_them(team: Team) -> None:
    await refused(team, 10, {"scope": "member", "scope_id": team.writer.id})
    everybody = BudgetTarget(BudgetScope.MEMBER, is_every_one=True)
    assert len(await raises(team, 5 * DOLLAR, everybody)) == 1


async def test_recordings_wait_for_money_as_well(team: Team) -> None:
    recording = await _refused_recording(team)
    (told,) = await raises(team, 5 * DOLLAR)
    assert told.payload == {"recording_id": recording.id, "version": recording.version}


async def _refused_recording(team: Team) -> Recording:
    made = await a_recording(team.store)
    async with team.store.transaction() as tx:
        failed = await tx.recordings.advance(
            made.id,
            RecordingState.FAILED,
            error_code="budget_exhausted",
            error_facts=FACTS,
            failed_in=RecordingState.RECEIVED,
        )
    assert failed is not None
    return failed
