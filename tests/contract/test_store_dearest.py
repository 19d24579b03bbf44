"""What /spend asks of the ledger beyond its sums: series, the dearest requests, approved drafts."""

from datetime import date, timedelta

from services.domain.review import Verdict
from services.domain.spending import DearRequest, SpendingFilter, SpendingGroup
from services.domain.usage import CallContext, CallOutcome
from services.store.ports import Store
from tests.contract.test_store_spending import MONDAY, called, report
from tests.store_rows import NOW, a_brief, a_member, an_attempt

TUESDAY = MONDAY + timedelta(days=1)


async def test_a_request_is_all_that_was_called_for_it(store: Store) -> None:
    anya = await a_member(store)
    dear, cheap = await a_brief(store, member=anya), await a_brief(store)
    mine = CallContext("idea", member_id=anya.id, brief_id=dear.id)
    await called(store, mine, report(400))
    await called(store, mine, report(None, assumed=300), day=TUESDAY)
    await called(store, CallContext("repair", member_id=anya.id, brief_id=dear.id, recording_id=None), report(1))
    await called(store, CallContext("idea", member_id=cheap.member_id, brief_id=cheap.id), report(500))
    await called(store, CallContext("embedding"), report(9_000))
    async with store.reading() as tx:
        first, second = await tx.spending.dearest(5)
        assert first == DearRequest(dear.id, None, "idea", anya.name, MONDAY, 701)
        assert (second.brief_id, second.microusd) == (cheap.id, 500)
        assert len(await tx.spending.dearest(1)) == 1
        assert await tx.spending.dearest(5, SpendingFilter(since=TUESDAY)) == []
        (only,) = await tx.spending.dearest(5, SpendingFilter(since=MONDAY, member_id=anya.id))
        assert (only.brief_id, only.microusd) == (dear.id, 701)
        assert await tx.spending.dearest(5, SpendingFilter(member_id=anya.id, until=MONDAY)) == []


async def test_a_guess_put_right_changes_the_request(store: Store) -> None:
    brief = await a_brief(store)
    context = CallContext("idea", member_id=brief.member_id, brief_id=brief.id)
    call = await called(store, context, report(None, CallOutcome.LOST, assumed=70))
    async with store.transaction() as tx:
        await tx.calls.finish(call, report(50))
        assert [one.microusd for one in await tx.spending.dearest(5)] == [50]


async def test_series_by_whatever_group(store: Store) -> None:
    anya = await a_member(store)
    mine = CallContext("idea", member_id=anya.id)
    await called(store, mine, report(5))
    await called(store, mine, report(6), model="mini")
    await called(store, CallContext("transcribe"), report(7), day=TUESDAY)

    async def seen(group: SpendingGroup, which: SpendingFilter | None = None) -> list[tuple[date, str, int]]:
        async with store.reading() as tx:
            days = await tx.spending.stacked(group, which or SpendingFilter())
        return [(one.day, one.key, one.spent.counted_microusd) for one in days]

    assert await seen(SpendingGroup.PERSON) == [(MONDAY, str(anya.id), 11), (TUESDAY, "", 7)]
    assert await seen(SpendingGroup.MODEL) == [
        (MONDAY, "openai/gpt-4.1", 5),
        (MONDAY, "openai/mini", 6),
        (TUESDAY, "openai/gpt-4.1", 7),
    ]
    assert await seen(SpendingGroup.TASK, SpendingFilter(since=TUESDAY)) == [(TUESDAY, "transcribe", 7)]
    async with store.reading() as tx:
        for group in SpendingGroup:
            keys = {one.key for one in await tx.spending.by(group)}
            assert {one.key for one in await tx.spending.stacked(group)} == keys
            names = {one.key: one.name for one in await tx.spending.by(group)}
            assert await tx.spending.names(group, keys) == names


async def test_the_first_day(store: Store) -> None:
    async with store.reading() as tx:
        assert await tx.spending.first_day() is None
    await called(store, CallContext("idea"), report(5), day=TUESDAY)
    await called(store, CallContext("idea"), report(5))
    async with store.reading() as tx:
        assert await tx.spending.first_day() == MONDAY
        assert await tx.spending.first_day(SpendingFilter(since=TUESDAY)) == TUESDAY


async def test_approved_drafts_are_counted_once_each(store: Store) -> None:
    attempt = await an_attempt(store)
    brief_of = await an_attempt(store)
    async with store.transaction() as tx:
        brief = await tx.briefs.get(attempt.brief_id)
        assert brief is not None
        for verdict in (Verdict.APPROVED, Verdict.APPROVED, Verdict.REJECTED):
            await tx.reviews.add(attempt.id, 1, brief.member_id, verdict, "")
        await tx.reviews.add(brief_of.id, 1, brief.member_id, Verdict.REJECTED, "")
        assert await tx.spending.approved(None) == 1
        assert await tx.spending.approved(NOW - timedelta(days=1)) == 1
        assert await tx.spending.approved(NOW + timedelta(days=365 * 50)) == 0
        assert await tx.spending.approved(None, brief.member_id) == 1
        assert await tx.spending.approved(None, brief.member_id + 1) == 0
