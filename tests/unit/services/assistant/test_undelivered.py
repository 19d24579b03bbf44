"""Messages that did not arrive: told once a burst, listed, sent again, let go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.assistant.forget_delivery import ForgetDelivery
from services.assistant.list_undelivered import PAGE, ListUndelivered
from services.assistant.report_undelivered import ReportUndelivered
from services.assistant.resend_delivery import ResendDelivery, Resent
from services.domain.chat import ChatAddress
from services.domain.delivery import AllLetters, Delivery, DeliveryKind, DeliveryState, NewDelivery, OneLetter
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import MemberStatus, Role
from services.queue.ports import JobName
from services.store.sql_store import SqlStore
from tests.unit.services.assistant.conftest import Team

D = DeliveryState


@pytest.fixture
async def team(team: Team, store: SqlStore) -> Team:
    """Rows are dated by the clock that the test moves."""
    return replace(team, store=SqlStore(store._engine, team.clock.now))


async def fail(team: Team, *keys: str, state: DeliveryState = D.DEAD, code: str = "refused") -> list[Delivery]:
    """One row a key, each to a chat of its own, claimed and settled."""
    async with team.store.transaction() as tx:
        for number, key in enumerate(keys, start=600):
            await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(number), key))
        rows = await tx.deliveries.claim_due(team.clock.now())
        for row in rows:
            await tx.deliveries.settle(row.id, row.attempts, state, error_code=code)
    return list(rows)


async def alerts(team: Team) -> list[Delivery]:
    async with team.store.transaction() as tx:
        return [row for row in await tx.deliveries.claim_due(team.clock.now()) if row.kind is DeliveryKind.DEAD_LETTERS]


async def test_admins_hear_once_of_a_burst_when_it_is_over(team: Team) -> None:
    async with team.store.transaction() as tx:
        await tx.members.add(900, "Второй", None, role=Role.ADMIN, status=MemberStatus.ACTIVE)
        await tx.members.add(901, "Бывший", None, role=Role.ADMIN, status=MemberStatus.BLOCKED)
    report = ReportUndelivered(team.store, team.clock)
    assert await report() == 0
    await fail(team, "a", "b")
    assert await report() == 0, "more may follow"
    team.clock.advance(seconds=9)
    await fail(team, "c", state=D.UNCERTAIN)
    team.clock.advance(seconds=9)
    assert await report() == 0
    team.clock.advance(seconds=1)
    assert await report() == 2
    assert await report() == 0
    assert {row.address.chat_id for row in await alerts(team)} == {team.admin.telegram_id, 900}


async def test_a_burst_without_an_end_is_told_after_a_minute_and_no_oftener_than_every_five(team: Team) -> None:
    report = ReportUndelivered(team.store, team.clock)
    told = 0
    for second in range(0, 600, 5):
        await fail(team, f"k{second}")
        told += await report()
        team.clock.advance(seconds=5)
    assert told == 2


async def test_nobody_hears_of_people_who_left_nor_of_alerts(team: Team) -> None:
    report = ReportUndelivered(team.store, team.clock)
    await fail(team, "gone", code="chat_closed")
    await fail(team, "dead")
    team.clock.advance(minutes=1)
    assert await report() == 1
    (alert,) = await alerts(team)
    async with team.store.transaction() as tx:
        await tx.deliveries.settle(alert.id, alert.attempts, D.UNCERTAIN)
    team.clock.advance(minutes=10)
    assert await report() == 0
    page = await ListUndelivered(team.store)(team.admin)
    assert [item.kind for item in page.items] == [DeliveryKind.DEAD_LETTERS, DeliveryKind.ACCESS_GRANTED]


async def test_the_list_names_people_and_groups_and_turns_pages(team: Team) -> None:
    async with team.store.transaction() as tx:
        address = ChatAddress(team.writer.telegram_id)
        await tx.deliveries.add(NewDelivery(DeliveryKind.DRAFT_DECIDED, address, "writer"))
    await fail(team, *(f"k{number}" for number in range(PAGE)), state=D.UNCERTAIN, code="no_answer")
    first = await ListUndelivered(team.store)(team.admin)
    assert (first.total, first.pages, len(first.items), first.first) == (PAGE + 1, 2, PAGE, 1)
    assert first.items[0].recipient == "604"
    assert first.items[0].may_have_arrived
    last = await ListUndelivered(team.store)(team.admin, 99)
    assert (last.number, last.first) == (1, PAGE + 1)
    assert [item.recipient for item in last.items] == [team.writer.name]
    with pytest.raises(NotAllowed):
        await ListUndelivered(team.store)(team.writer)


async def test_a_letter_is_sent_again_once_and_only_by_admins(team: Team) -> None:
    resend, forget = ResendDelivery(team.store, team.jobs), ForgetDelivery(team.store)
    dead, uncertain = await fail(team, "dead", "other")
    letter = OneLetter(dead.id, dead.attempts)
    for action in (resend, forget):
        with pytest.raises(NotAllowed):
            await action(team.writer, letter)
    assert await resend(team.admin, letter) == Resent(1)
    assert team.jobs.enqueued_names == [JobName.DRAIN_DELIVERIES]
    for action in (resend, forget):
        with pytest.raises(StaleAction):
            await action(team.admin, letter)
    assert await forget(team.admin, OneLetter(uncertain.id, uncertain.attempts)) == 1
    async with team.store.transaction() as tx:
        (again,) = await tx.deliveries.claim_due(team.clock.now())
        counts = await tx.deliveries.counts()
    assert (again.key, again.attempts) == ("dead", 2)
    assert counts[D.CANCELLED] == 1


async def test_who_sends_an_uncertain_letter_again_is_told_that_it_may_double(team: Team) -> None:
    (row,) = await fail(team, "k", state=D.UNCERTAIN)
    resent = await ResendDelivery(team.store, team.jobs)(team.admin, OneLetter(row.id, row.attempts))
    assert resent == Resent(1, may_double=True)


async def test_a_letter_sent_again_gets_its_full_day(team: Team) -> None:
    (row,) = await fail(team, "k")
    team.clock.advance(days=3)
    await ResendDelivery(team.store, team.jobs)(team.admin, OneLetter(row.id, row.attempts))
    async with team.store.transaction() as tx:
        (again,) = await tx.deliveries.claim_due(team.clock.now())
    assert again.created_at is not None
    assert team.clock.now() - again.created_at < timedelta(minutes=1)


async def test_all_at_once_are_those_on_the_list_and_never_the_uncertain_ones(team: Team) -> None:
    resend, forget = ResendDelivery(team.store, team.jobs), ForgetDelivery(team.store)
    await fail(team, "a", "b")
    await fail(team, "u", state=D.UNCERTAIN)
    page = await ListUndelivered(team.store)(team.admin)
    assert page.newest is not None
    team.clock.advance(seconds=5)
    await fail(team, "later")
    assert await resend(team.admin, AllLetters(page.newest)) == Resent(2)
    assert await forget(team.admin, AllLetters(page.newest)) == 1
    left = await ListUndelivered(team.store)(team.admin)
    assert left.total == 1
