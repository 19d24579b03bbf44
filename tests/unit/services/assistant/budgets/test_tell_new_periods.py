"""Who was refused in one period hears once, in the next, that there is money again."""

from datetime import UTC, date, timedelta

import pytest

from services.assistant.budgets.team_days import TeamDays
from services.assistant.budgets.tell_new_periods import TellNewPeriods
from services.domain.budget import Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import GenerationState
from services.domain.quiet_hours import parse_quiet_hours
from tests.unit.services.assistant.budgets.test_budgets import sent
from tests.unit.services.assistant.budgets.test_saved_requests import refused
from tests.unit.services.assistant.conftest import Team


def today(team: Team) -> date:
    return TeamDays(team.clock, UTC).today()


def by_the_day(team: Team) -> dict[str, int | str]:
    return {"scope": "member", "scope_id": team.writer.id, "period": "day", "starts_on": today(team).toordinal()}


def told_by(team: Team, quiet: str | None = None) -> TellNewPeriods:
    hours = parse_quiet_hours(quiet, UTC) if quiet else None
    return TellNewPeriods(team.store, team.jobs, TeamDays(team.clock, UTC), hours)


async def ready(team: Team) -> list[Delivery]:
    return [one for one in await sent(team) if one.kind is DeliveryKind.BUDGET_READY]


async def test_the_next_day_each_is_told_once(team: Team) -> None:
    failed = await refused(team, 10, by_the_day(team))
    tell = told_by(team)
    assert await tell() == 0, "the day is not over"
    team.clock.advance(days=1)
    assert await tell() == 1
    assert await tell() == 0
    (notice,) = await ready(team)
    assert notice.payload == {"generation_id": failed.id, "version": failed.version}
    assert notice.address.chat_id == team.chat.id


async def test_a_day_that_is_used_up_already_tells_nobody(team: Team) -> None:
    key = BudgetKey(BudgetScope.MEMBER, team.writer.id, BudgetPeriod.DAY)
    await refused(team, 10, by_the_day(team))
    team.clock.advance(days=1)
    async with team.store.transaction() as tx:
        await tx.budgets.set(Budget(key, 0), None, today(team))
    assert await told_by(team)() == 0


async def test_what_ran_meanwhile_and_what_is_long_over_is_no_news(team: Team) -> None:
    again = await refused(team, 10, by_the_day(team))
    await refused(team, 11, {**by_the_day(team), "starts_on": (today(team) - timedelta(days=9)).toordinal()})
    await refused(team, 12, {"period": "total", "starts_on": 1})
    async with team.store.transaction() as tx:
        await tx.generations.transition(again.id, expected_version=again.version, to=GenerationState.QUEUED)
    team.clock.advance(days=1)
    assert await told_by(team)() == 0


@pytest.mark.parametrize("quiet", ["00:00-23:59"])
async def test_nobody_is_woken_at_midnight(team: Team, quiet: str) -> None:
    await refused(team, 10, by_the_day(team))
    team.clock.advance(days=1)
    assert await told_by(team, quiet)() == 1
    async with team.store.transaction() as tx:
        assert await tx.deliveries.claim_due(team.clock.now()) == [], "it waits in the outbox"
        later = await tx.deliveries.claim_due(team.clock.now() + timedelta(days=1))
    assert [one.kind for one in later] == [DeliveryKind.BUDGET_READY]
