"""What people see and change of budgets, over a real database."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from services.assistant.budgets.ask_for_more import AskForMore
from services.assistant.budgets.deny_more import DenyMore
from services.assistant.budgets.free_budget import FreeBudget
from services.assistant.budgets.grant_extra import GrantExtra
from services.assistant.budgets.open_budget import OpenBudget
from services.assistant.budgets.raise_budget import RaiseBudget
from services.assistant.budgets.set_budget import SetBudget
from services.assistant.budgets.sheet import BudgetSheet, PressedBudget
from services.assistant.budgets.show_budgets import ShowBudgets
from services.assistant.budgets.target import BudgetTarget
from services.assistant.budgets.team_days import TeamDays
from services.domain.budget import EVERY_ONE, BudgetKey, BudgetPeriod, BudgetScope, accounts_of
from services.domain.chat import Chat
from services.domain.delivery import Delivery, DeliveryState
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.domain.usage import CallContext
from tests.unit.services.assistant.conftest import Team

DAY, WEEK, MONTH = BudgetPeriod.DAY, BudgetPeriod.WEEK, BudgetPeriod.MONTH
TEAM_TARGET, EVERYBODY = BudgetTarget(BudgetScope.TEAM), BudgetTarget(BudgetScope.MEMBER, is_every_one=True)
TEAM_KEY = BudgetKey(BudgetScope.TEAM, EVERY_ONE, MONTH)
DOLLAR = 1_000_000
TODAY = date(2026, 3, 1)  # of ManualClock


def days(team: Team) -> TeamDays:
    return TeamDays(team.clock, UTC)


async def sets(
    team: Team, target: BudgetTarget, period: BudgetPeriod, limit: int, chat: Chat | None = None
) -> BudgetSheet:
    set_budget = SetBudget(team.store, team.jobs, days(team))
    return await set_budget(team.admin, chat or team.chat, target, period, limit)


async def spends(team: Team, member: Member, microusd: int) -> None:
    context = CallContext("idea", project_id=team.project.id, member_id=member.id, chat_id=team.group.id)
    async with team.store.transaction() as tx:
        places = accounts_of(context, TODAY)
        assert await tx.budgets.reserve(places, microusd) is None
        await tx.budgets.settle(places, released_microusd=microusd, spent_microusd=microusd)


def pressed(sheet: BudgetSheet) -> PressedBudget:
    allowed = sheet.account.allowed_microusd
    assert allowed is not None
    return PressedBudget(sheet.key, sheet.account.starts_on, allowed // 10_000)


async def sent(team: Team) -> list[Delivery]:
    """What waited, oldest first; it is sent then."""
    found: list[Delivery] = []
    async with team.store.transaction() as tx:
        while claimed := await tx.deliveries.claim_due(datetime.now(UTC)):
            for delivery in claimed:
                await tx.deliveries.settle(delivery.id, delivery.attempts, DeliveryState.SENT)
            found += claimed
    return found


async def test_admins_see_everything_and_people_what_pays_for_them(team: Team) -> None:
    await sets(team, TEAM_TARGET, MONTH, 100 * DOLLAR)
    await sets(team, EVERYBODY, DAY, 2 * DOLLAR)
    await sets(team, BudgetTarget(BudgetScope.CHAT), WEEK, 10 * DOLLAR, team.group)
    await spends(team, team.writer, 1_500_000)
    show = ShowBudgets(team.store, days(team))
    everything = await show(team.admin)
    assert [(sheet.key.scope, sheet.name, sheet.account.spent_microusd) for sheet in everything.sheets] == [
        (BudgetScope.TEAM, "", 1_500_000),
        (BudgetScope.CHAT, "Команда", 1_500_000),
        (BudgetScope.MEMBER, "Аня", 1_500_000),
    ]
    assert [sheet.key.scope_id for sheet in everything.rules] == [EVERY_ONE]
    assert (everything.is_admin, everything.sheets[2].is_own) == (True, False)
    own = await show(team.writer, team.group)
    assert [sheet.key.scope for sheet in own.sheets] == [BudgetScope.CHAT, BudgetScope.MEMBER]
    assert (own.rules, own.is_admin) == ((), False)
    aloud = await show(team.admin, team.group)
    assert (aloud.is_admin, len(aloud.sheets)) == (False, 2), "in a group everybody reads along"


async def test_targets_are_found_as_people_write_them(team: Team) -> None:
    person = BudgetScope.MEMBER
    for name in ("@anya", "ANYA", "Аня", "аня"):
        assert (await sets(team, BudgetTarget(person, name), DAY, DOLLAR)).name == "Аня"
    assert (await sets(team, BudgetTarget(person, "???", telegram_id=1), DAY, DOLLAR)).name == "Марина"
    for name in ("quiet-hour", "Quiet Hour", ""):
        found = await sets(team, BudgetTarget(BudgetScope.PROJECT, name), MONTH, DOLLAR)
        assert found.key.scope_id == team.project.id
    for target, state in (
        (BudgetTarget(person, "@nobody"), "person_unknown"),
        (BudgetTarget(BudgetScope.PROJECT, "nothing"), "project_unknown"),
    ):
        with pytest.raises(StaleAction) as error:
            await sets(team, target, DAY, DOLLAR)
        assert error.value.facts["state"] == state


async def test_limits_are_lifted_and_given_back_to_the_rule(team: Team) -> None:
    await sets(team, EVERYBODY, DAY, 2 * DOLLAR)
    free, anya = FreeBudget(team.store, team.jobs, days(team)), BudgetTarget(BudgetScope.MEMBER, "anya")
    (sheet,) = await free(team.admin, team.chat, anya)
    assert (sheet.key.period, sheet.account.limit_microusd) == (DAY, None)
    assert await free(team.admin, team.chat, anya) == ()
    back = await free(team.admin, team.chat, anya, DAY, as_every_one=True)
    assert [one.account.limit_microusd for one in back] == [2 * DOLLAR]


async def test_two_admins_who_press_at_once_grant_five_dollars_once(team: Team) -> None:
    sheet = await sets(team, TEAM_TARGET, MONTH, 3 * DOLLAR)
    grant = GrantExtra(team.store, team.jobs, days(team))
    answers = await asyncio.gather(*(grant(team.admin, pressed(sheet)) for _ in range(4)), return_exceptions=True)
    granted = [one for one in answers if isinstance(one, BudgetSheet)]
    stale = [one for one in answers if isinstance(one, StaleAction)]
    assert (len(granted), len(stale)) == (1, 3)
    assert granted[0].account.allowed_microusd == 8 * DOLLAR
    assert {error.facts["state"] for error in stale} == {"budget_changed"}


async def test_a_press_of_yesterday_changes_nothing(team: Team) -> None:
    sheet = await sets(team, EVERYBODY, DAY, DOLLAR)
    team.clock.advance(days=1)
    for use_case in (GrantExtra, DenyMore, RaiseBudget):
        with pytest.raises(StaleAction) as error:
            await use_case(team.store, team.jobs, days(team))(team.admin, pressed(sheet))
        assert error.value.facts["state"] == "budget_over"


async def test_a_limit_is_raised_by_five_dollars_or_doubled(team: Team) -> None:
    await sets(team, EVERYBODY, DAY, 2 * DOLLAR)
    raise_ = RaiseBudget(team.store, team.jobs, days(team))
    opened = await OpenBudget(team.store, days(team))(team.admin, BudgetKey(BudgetScope.MEMBER, team.writer.id, DAY))
    more = await raise_(team.admin, pressed(opened.sheet))
    assert (more.account.limit_microusd, more.is_own) == (7 * DOLLAR, True)
    double = await raise_(team.admin, pressed(more), doubled=True)
    assert double.account.limit_microusd == 14 * DOLLAR
    async with team.store.reading() as tx:
        events = [event for _, event, _, _ in await tx.audit.recent()]
    assert events.count("budget_set") == 3


async def test_who_spends_stands_beside_the_teams_budget(team: Team) -> None:
    await sets(team, TEAM_TARGET, MONTH, 100 * DOLLAR)
    for member, amount in ((team.writer, 300), (team.approver, 700)):
        await spends(team, member, amount)
    opened = await OpenBudget(team.store, days(team))(team.admin, TEAM_KEY)
    assert [(one.name, one.spent_microusd) for one in opened.spenders] == [("Lev", 700), ("Аня", 300)]


async def test_a_wish_for_more_reaches_the_admins_once_and_is_answered(team: Team) -> None:
    sheet = await sets(team, TEAM_TARGET, MONTH, DOLLAR)
    ask = AskForMore(team.store, team.jobs, days(team))
    asked = [await ask(team.writer, team.chat, sheet.key, sheet.account.starts_on) for _ in range(3)]
    assert asked == [True, False, False]
    (wish,) = await sent(team)
    assert (wish.kind, wish.address.chat_id, wish.payload["from"]) == ("budget_asked", team.admin.telegram_id, "Аня")
    await DenyMore(team.store, team.jobs, days(team))(team.admin, pressed(sheet))
    (answer,) = [delivery for delivery in await sent(team) if delivery.kind == "budget_denied"]
    assert answer.address.chat_id == team.writer.telegram_id


async def test_nobody_asks_for_another_persons_budget(team: Team) -> None:
    key = BudgetKey(BudgetScope.MEMBER, team.approver.id, DAY)
    with pytest.raises(NotAllowed):
        await AskForMore(team.store, team.jobs, days(team))(team.writer, team.chat, key, TODAY)


async def test_only_admins_change_anything(team: Team) -> None:
    tools = (team.store, team.jobs, days(team))
    sheet = await sets(team, TEAM_TARGET, MONTH, DOLLAR)
    for member in (team.writer, team.approver):
        for attempt in (
            SetBudget(*tools)(member, team.chat, TEAM_TARGET, MONTH, 9),
            FreeBudget(*tools)(member, team.chat, TEAM_TARGET),
            GrantExtra(*tools)(member, pressed(sheet)),
            RaiseBudget(*tools)(member, pressed(sheet)),
            DenyMore(*tools)(member, pressed(sheet)),
            OpenBudget(team.store, days(team))(member, sheet.key),
        ):
            with pytest.raises(NotAllowed):
                await attempt
    async with team.store.reading() as tx:
        assert (await tx.budgets.account(sheet.key, TODAY)).allowed_microusd == DOLLAR
