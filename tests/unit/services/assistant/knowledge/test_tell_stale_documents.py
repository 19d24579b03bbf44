"""Administrators hear of stale documents once a week, and only when there are any; on both engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.assistant.budgets.team_days import TeamDays
from services.assistant.knowledge.report_stale_documents import ReportStaleDocuments
from services.assistant.knowledge.tell_stale_documents import TellStaleDocuments
from services.domain.delivery import DeliveryKind
from services.domain.digest import DigestCadence, DigestPlan
from services.domain.knowledge import Document
from services.domain.member import MemberStatus, Role
from services.domain.passport import Passport
from services.queue.absent_queue import AbsentJobQueue
from services.store.ports import Store
from tests.fakes.clock import ManualClock
from tests.store_rows import a_document, a_member, a_project, passages_of

PLAN = DigestPlan(DigestCadence.WEEKLY, 9, ZoneInfo("Europe/Moscow"))
MONDAY = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)
"""Nine in Moscow."""


def telling(store: Store, clock: ManualClock, plan: DigestPlan = PLAN) -> TellStaleDocuments:
    return TellStaleDocuments(store, AbsentJobQueue(), clock, plan)


async def a_document_until(store: Store, day: date | None) -> Document:
    async with store.transaction() as tx:
        project = await tx.projects.list()
        document = a_document(project[0], f"until-{day}.md")
        return await tx.documents.put(replace(document, passport=Passport(valid_until=day)), passages_of(["a"]))


async def test_once_a_week_to_every_admin_while_there_is_something_to_check(store: Store) -> None:
    await a_project(store)
    admins = [await a_member(store, role=Role.ADMIN) for _ in range(2)]
    await a_member(store)
    await a_member(store, role=Role.ADMIN, status=MemberStatus.BLOCKED)
    await a_document_until(store, None)
    await a_document_until(store, date(2026, 3, 16))
    clock = ManualClock(MONDAY)
    assert await telling(store, clock)() == 0, "today it still holds"
    clock.advance(days=1)
    assert await telling(store, clock)() == 0, "the list is weekly"
    clock.advance(days=6)
    assert sum(await asyncio.gather(*(telling(store, clock)() for _ in range(6)))) == 2
    async with store.transaction() as tx:
        letters = await tx.deliveries.claim_due(datetime.now(UTC) + timedelta(days=1))
    assert {one.address.chat_id for one in letters} == {admin.telegram_id for admin in admins}
    assert {one.kind for one in letters} == {DeliveryKind.STALE_DOCUMENTS}
    clock.advance(days=7)
    assert await telling(store, clock)() == 2, "until somebody looks at it"


async def test_off_is_off_and_daily_is_each_day(store: Store) -> None:
    await a_project(store)
    await a_document_until(store, date(2026, 3, 1))
    clock = ManualClock(MONDAY)
    daily = replace(PLAN, cadence=DigestCadence.DAILY)
    assert await telling(store, clock, replace(PLAN, cadence=DigestCadence.OFF))() == 0
    assert await telling(store, clock, daily)() == 0, "no administrator: whoever becomes one hears of it"
    await a_member(store, role=Role.ADMIN)
    assert await telling(store, clock, daily)() == 1
    clock.advance(days=1)
    assert await telling(store, clock, daily)() == 1


async def test_the_list_is_for_admins_and_says_what_and_how_many(store: Store) -> None:
    await a_project(store)
    admin, anya = await a_member(store, role=Role.ADMIN), await a_member(store)
    for day in range(1, 13):
        await a_document_until(store, date(2026, 2, day))
    report = ReportStaleDocuments(store, TeamDays(ManualClock(MONDAY), PLAN.zone))
    assert await report(anya.telegram_id) is None
    assert await report(404) is None
    read = await report(admin.telegram_id)
    assert read is not None
    assert (len(read.entries), read.total, read.entries[0].passages) == (10, 12, 1)
