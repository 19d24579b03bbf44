"""The ledger added up: whatever is asked of it, it says what the rows say."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.errand import Errand
from services.domain.generation import PromptRelease
from services.domain.spending import SpendingFilter, SpendingGroup, Spent
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from tests.store_rows import a_member, a_project

MONDAY = date(2026, 3, 2)
IDEA = PromptRelease("idea", "3", "f" * 64)


def report(cost: int | None, outcome: CallOutcome = CallOutcome.OK, assumed: int = 0) -> CallReport:
    return CallReport(outcome, Usage(100, 40, 20), cost, latency_ms=900, assumed_microusd=assumed)


async def called(
    store: Store, context: CallContext, answer: CallReport | None, *, model: str = "gpt-4.1", day: date = MONDAY
) -> int:
    async with store.transaction() as tx:
        call = await tx.calls.start(Errand(context, "openai", model, IDEA), day)
        if answer is not None:
            await tx.calls.finish(call, answer)
        return call


async def test_calls_are_added_up_by_whatever_is_asked(store: Store) -> None:
    anya, project = await a_member(store), await a_project(store)
    mine = CallContext("idea", project_id=project.id, member_id=anya.id, chat_id=-77)
    await called(store, mine, report(500))
    await called(store, mine, report(None, assumed=9_000), model="unheard-of", day=MONDAY + timedelta(days=1))
    await called(store, CallContext("transcribe"), report(300))
    await called(store, mine, None)
    async with store.reading() as tx:
        assert await tx.spending.totals() == Spent(3, 300, 120, 60, 800, 1, 9_800)
        people = await tx.spending.by(SpendingGroup.PERSON)
        assert [(one.key, one.name, one.spent.counted_microusd) for one in people] == [
            (str(anya.id), anya.name, 9_500),
            ("", "", 300),
        ]
        assert [one.name for one in await tx.spending.by(SpendingGroup.PROJECT)] == [project.name, ""]
        models = await tx.spending.by(SpendingGroup.MODEL)
        assert [(one.key, one.name) for one in models] == [
            ("openai/unheard-of", "unheard-of"),
            ("openai/gpt-4.1", "gpt-4.1"),
        ]
        assert [one.key for one in await tx.spending.by(SpendingGroup.CHAT)] == ["-77", ""]
        assert [one.key for one in await tx.spending.by(SpendingGroup.TASK)] == ["idea", "transcribe"]
        assert [one.key for one in await tx.spending.by(SpendingGroup.PROMPT)] == ["idea@3"]
        assert [one.key for one in await tx.spending.by(SpendingGroup.DAY)] == ["2026-03-02", "2026-03-03"]
        days = await tx.spending.by_day(SpendingFilter(member_id=anya.id))
        assert [(one.day, one.model, one.spent.calls) for one in days] == [
            (MONDAY, "gpt-4.1", 1),
            (MONDAY + timedelta(days=1), "unheard-of", 1),
        ]
        assert await tx.spending.unpriced() == [("openai", "unheard-of")]


async def test_a_filter_leaves_out_the_others(store: Store) -> None:
    anya, project = await a_member(store), await a_project(store)
    for days in range(4):
        await called(store, CallContext("idea", member_id=anya.id, chat_id=5), report(1), day=MONDAY + timedelta(days))
    await called(store, CallContext("idea", project_id=project.id), report(10))
    async with store.reading() as tx:

        async def cost(which: SpendingFilter) -> int:
            return (await tx.spending.totals(which)).cost_microusd

        middle = SpendingFilter(since=MONDAY + timedelta(1), until=MONDAY + timedelta(3))
        assert await cost(middle) == 2
        assert await cost(replace(middle, member_id=anya.id + 1)) == 0
        assert await cost(SpendingFilter(project_id=project.id)) == 10
        assert await cost(SpendingFilter(chat_id=5)) == 4
        assert await tx.spending.by(SpendingGroup.MODEL, replace(middle, chat_id=6)) == []


async def test_a_guess_that_is_put_right_is_counted_once(store: Store) -> None:
    call = await called(store, CallContext("idea"), report(None, CallOutcome.LOST, assumed=70))
    async with store.transaction() as tx:
        assert (await tx.spending.totals()).unknown_price_calls == 1
        await tx.calls.finish(call, report(50))
        await tx.calls.finish(call, report(9_999))
        assert await tx.spending.totals() == Spent(1, 100, 40, 20, 50, 0, 50)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([None, 0, 7, 1_000_000]),
        st.sampled_from([CallOutcome.OK, CallOutcome.FAILED, CallOutcome.LOST]),
        st.booleans(),
        st.integers(0, 3),
    ),
    max_size=12,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(events=EVENTS)
async def test_the_sums_are_those_of_the_rows(
    store: Store, events: list[tuple[int | None, CallOutcome, bool, int]]
) -> None:
    async with store.reading() as tx:
        rows_before, sums_before = await tx.calls.totals(), await tx.spending.totals()
    for cost, outcome, again, days in events:
        call = await called(store, CallContext("idea"), report(cost, outcome), day=MONDAY + timedelta(days))
        if again:
            async with store.transaction() as tx:
                await tx.calls.finish(call, report(3))
    async with store.reading() as tx:
        rows, sums = await tx.calls.totals(), await tx.spending.totals()
    for name in ("calls", "tokens_in", "tokens_cached", "tokens_out", "cost_microusd", "unknown_price_calls"):
        assert getattr(sums, name) - getattr(sums_before, name) == getattr(rows, name) - getattr(rows_before, name)
