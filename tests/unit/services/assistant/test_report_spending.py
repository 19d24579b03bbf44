"""Numbers of /spend on a ledger made by hand, on both engines."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.assistant.report_spending import ReportSpending, SpendingReport
from services.domain.digest import DigestCadence, DigestPlan
from services.domain.member import Member, Role
from services.domain.review import Verdict
from services.domain.spending import SpendingGroup
from services.domain.spending_days import SpendingPeriod
from services.domain.usage import CallContext
from services.store.ports import Store
from tests.contract.test_store_spending import called, report
from tests.fakes.clock import ManualClock
from tests.store_rows import a_brief, a_member, an_attempt

TODAY = date(2026, 3, 18)
LATE = datetime(2026, 3, 17, 22, 30, tzinfo=UTC)
"""In Moscow it is the 18th already."""


async def asked(
    store: Store,
    member: Member,
    period: SpendingPeriod = SpendingPeriod.THIRTY,
    group: SpendingGroup = SpendingGroup.MODEL,
) -> SpendingReport:
    return await ReportSpending(store, ManualClock(LATE), ZoneInfo("Europe/Moscow"))(member, period, group)


async def spent_by(store: Store, member: Member, cost: int | None, back: int = 0, model: str = "gpt-4.1") -> None:
    context = CallContext("idea", member_id=member.id, chat_id=5)
    answer = report(cost, assumed=0 if cost is not None else 1_000)
    await called(store, context, answer, model=model, day=TODAY - timedelta(days=back))


async def test_admins_see_everything_and_everybody_their_own(store: Store) -> None:
    admin, anya = await a_member(store, role=Role.ADMIN), await a_member(store)
    await spent_by(store, admin, 500)
    await spent_by(store, anya, 30)
    await called(store, CallContext("search"), report(7), day=TODAY)
    team = await asked(store, admin, group=SpendingGroup.PERSON)
    assert (team.of_team, team.totals.counted_microusd, team.totals.calls) == (True, 537, 3)
    assert [group.key for group in team.groups] == [str(admin.id), str(anya.id), ""]
    own = await asked(store, anya, group=SpendingGroup.PERSON)
    assert (own.of_team, own.group, own.totals.counted_microusd) == (False, SpendingGroup.MODEL, 30)
    assert [one.spent.counted_microusd for one in own.days] == [30]


async def test_days_are_those_of_the_team_and_periods_hold(store: Store) -> None:
    admin = await a_member(store, role=Role.ADMIN)
    for back in (0, 6, 7, 17, 18, 29, 30, 400):
        await spent_by(store, admin, 10 ** min(back, 5) if back else 1, back)
    sums = {}
    for period in SpendingPeriod:
        made = await asked(store, admin, period)
        sums[period] = made.totals.calls
        assert sum(sum(series.microusd) for series in made.series) == made.totals.counted_microusd
        assert (made.today, made.steps[-1] <= TODAY) == (TODAY, True)
    assert sums == {"1d": 1, "7d": 2, "30d": 6, "mon": 4, "all": 8}
    long_ago = await asked(store, admin, SpendingPeriod.ALL)
    assert (long_ago.since, long_ago.step.value) == (TODAY - timedelta(days=400), "week")


async def test_six_groups_have_their_own_series_and_the_rest_is_one(store: Store) -> None:
    admin = await a_member(store, role=Role.ADMIN)
    for number in range(9):
        await spent_by(store, admin, 100 - number, number % 3, model=f"m{number}")
    await spent_by(store, admin, 0, model="local")
    made = await asked(store, admin, SpendingPeriod.WEEK)
    names = [series.group and series.group.name for series in made.series]
    assert names == ["m0", "m1", "m2", "m3", "m4", "m5", None]
    assert made.series[0].microusd == (0, 0, 0, 0, 0, 0, 100)
    assert made.series[-1].microusd == (0, 0, 0, 0, 92, 93, 94)
    assert len(made.groups) == 10


async def test_unknown_prices_are_told_and_never_free(store: Store) -> None:
    anya = await a_member(store)
    await spent_by(store, anya, 20)
    await spent_by(store, anya, None, model="unheard-of")
    totals = (await asked(store, anya)).totals
    assert (totals.unknown_price_calls, totals.cost_microusd, totals.assumed_microusd) == (1, 20, 1_000)


async def test_the_dearest_requests_and_what_an_approved_draft_costs(store: Store) -> None:
    admin, anya = await a_member(store, role=Role.ADMIN), await a_member(store)
    for cost in (5, 70, 6, 40, 30, 20):
        brief = await a_brief(store, member=anya)
        await called(store, CallContext("idea", member_id=anya.id, brief_id=brief.id), report(cost), day=TODAY)
    attempt = await an_attempt(store, await a_brief(store, member=anya))
    async with store.transaction() as tx:
        await tx.reviews.add(attempt.id, 1, admin.id, Verdict.APPROVED)
    made = await asked(store, admin, SpendingPeriod.ALL)
    assert [request.microusd for request in made.dearest] == [70, 40, 30, 20, 6]
    assert {(request.person, request.task) for request in made.dearest} == {(anya.name, "idea")}
    assert made.approved == 1
    assert (await asked(store, admin, SpendingPeriod.ALL)).forecast_microusd is None
    assert (await asked(store, await a_member(store), SpendingPeriod.ALL)).dearest == ()


async def test_nothing_spent(store: Store) -> None:
    made = await asked(store, await a_member(store), SpendingPeriod.ALL)
    assert (made.groups, made.series, made.steps, made.forecast_microusd) == ((), (), (TODAY,), None)


async def test_whoever_draws_gets_ready_first_when_there_will_be_a_picture(sqlite_store: Store) -> None:
    member, ready = await a_member(sqlite_store), []

    async def get_ready() -> None:
        ready.append(True)

    ask = ReportSpending(sqlite_store, ManualClock(LATE), UTC, get_ready=get_ready)
    await ask(member, SpendingPeriod.WEEK, SpendingGroup.MODEL, to_draw=False)
    assert ready == []
    await ask(member, SpendingPeriod.WEEK, SpendingGroup.MODEL)
    assert ready == [True]


async def test_administrators_are_told_how_often_the_digest_comes(sqlite_store: Store) -> None:
    plan = DigestPlan(DigestCadence.DAILY, 7, UTC)
    ask = ReportSpending(sqlite_store, ManualClock(LATE), UTC, plan)
    admin, anya = await a_member(sqlite_store, role=Role.ADMIN), await a_member(sqlite_store)
    digest = (await ask(admin, SpendingPeriod.WEEK, SpendingGroup.MODEL)).digest
    assert digest is not None
    assert (digest.cadence, digest.hour) == (DigestCadence.DAILY, 7)
    assert (await ask(anya, SpendingPeriod.WEEK, SpendingGroup.MODEL)).digest is None
