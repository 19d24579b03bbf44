"""Each digest is written once, whoever runs it how often, on both engines."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.assistant.digests.choose_digest import ChooseDigest
from services.assistant.digests.send_digest import SendDigest
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState
from services.domain.digest import DigestCadence, DigestPlan
from services.domain.errors import NotAllowed
from services.domain.member import MemberStatus, Role
from services.domain.usage import CallContext
from services.queue.absent_queue import AbsentJobQueue
from services.store.ports import Store
from tests.contract.test_store_spending import called, report
from tests.fakes.clock import ManualClock
from tests.store_rows import a_member

PLAN = DigestPlan(DigestCadence.WEEKLY, 9, ZoneInfo("Europe/Moscow"))
MONDAY = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)
"""Nine in Moscow."""


def sender(store: Store, clock: ManualClock, plan: DigestPlan = PLAN) -> SendDigest:
    return SendDigest(store, AbsentJobQueue(), clock, plan)


async def spent_on(store: Store, *days: str) -> None:
    for day in days:
        await called(store, CallContext("idea"), report(500), day=date.fromisoformat(day))


async def letters(store: Store) -> Sequence[Delivery]:
    """Taken out of the outbox, which forgets them at once, as it does after a month."""
    taken: list[Delivery] = []
    async with store.transaction() as tx:
        while due := await tx.deliveries.claim_due(datetime.now(UTC) + timedelta(days=9)):
            for delivery in due:
                await tx.deliveries.settle(delivery.id, delivery.attempts, state=DeliveryState.SENT)
            taken += due
        await tx.old_rows.purge_deliveries(datetime.now(UTC) + timedelta(days=9), 100)
    return [one for one in taken if one.kind is DeliveryKind.SPEND_DIGEST]


async def test_once_a_week_to_every_admin_whoever_runs_it(store: Store) -> None:
    admins = [await a_member(store, role=Role.ADMIN) for _ in range(2)]
    await a_member(store)
    await a_member(store, role=Role.ADMIN, status=MemberStatus.BLOCKED)
    await spent_on(store, "2026-03-09", "2026-03-15", "2026-03-16")
    clock = ManualClock(MONDAY - timedelta(minutes=1))
    assert await sender(store, clock)() == 0, "of the week before there is nothing to tell"
    clock.advance(minutes=1)
    workers = await asyncio.gather(*(sender(store, clock)() for _ in range(6)))
    assert sum(workers) == 2
    told = await letters(store)
    assert {one.address.chat_id for one in told} == {admin.telegram_id for admin in admins}
    assert told[0].payload == {"cadence": "weekly", "since": "2026-03-09", "until": "2026-03-16"}
    await a_member(store, role=Role.ADMIN)
    clock.advance(days=6, hours=23)
    assert await sender(store, clock)() == 0, "a restart, an admin more and an outbox that forgot change nothing"
    clock.advance(hours=1)
    assert await sender(store, clock)() == 3


async def test_what_was_missed_is_sent_late_and_only_the_last_of_it(store: Store) -> None:
    await a_member(store, role=Role.ADMIN)
    await spent_on(store, "2026-03-09", "2026-03-16", "2026-03-17")
    plan, clock = (
        replace(PLAN, cadence=DigestCadence.DAILY, chat_id=-1007),
        ManualClock(MONDAY + timedelta(days=2, hours=9)),
    )
    assert await sender(store, clock, plan)() == 1
    (told,) = await letters(store)
    assert (told.address.chat_id, told.payload["since"]) == (-1007, "2026-03-17"), "to the chat alone"
    assert await sender(store, clock, replace(plan, cadence=DigestCadence.OFF))() == 0


async def test_without_an_admin_it_waits_for_one(store: Store) -> None:
    await spent_on(store, "2026-03-10")
    clock = ManualClock(MONDAY)
    assert await sender(store, clock)() == 0
    clock.advance(days=1)
    await a_member(store, role=Role.ADMIN)
    assert await sender(store, clock)() == 1


async def test_what_an_admin_says_stands_above_the_settings(store: Store) -> None:
    admin, anya = await a_member(store, role=Role.ADMIN), await a_member(store)
    await spent_on(store, "2026-03-15", "2026-03-16", "2026-03-17")
    clock = ManualClock(MONDAY + timedelta(hours=3))
    choose = ChooseDigest(store, clock, PLAN)
    with pytest.raises(NotAllowed):
        await choose(anya, DigestCadence.OFF)
    assert (await choose(admin, DigestCadence.DAILY)).cadence is DigestCadence.DAILY
    assert await sender(store, clock)() == 0, "the next one comes at its hour"
    clock.advance(hours=20)
    await choose(admin, DigestCadence.DAILY)
    clock.advance(hours=1)
    assert await sender(store, clock)() == 1, "saying it again puts nothing off"
    (told,) = await letters(store)
    assert (told.payload["cadence"], told.payload["since"]) == ("daily", "2026-03-16")
    await choose(admin, DigestCadence.OFF)
    clock.advance(days=8)
    assert await sender(store, clock, replace(PLAN, cadence=DigestCadence.DAILY))() == 0
