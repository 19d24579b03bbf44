"""What nobody decided about leaves the queue, is told once, and stays in reach."""

import asyncio
from datetime import timedelta, timezone

import pytest

from services.assistant.decide_review import DecideReview
from services.assistant.expire_reviews import ExpireReviews
from services.assistant.find_draft import FindDraft
from services.assistant.list_queue import ListQueue
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState, NewDelivery
from services.domain.errors import StaleAction
from services.domain.generation import GenerationState
from services.domain.quiet_hours import QuietHours, parse_quiet_hours
from services.domain.review import Verdict
from services.store.sql_store import SqlStore
from tests.unit.services.assistant.conftest import Team


@pytest.fixture(autouse=True)
def one_clock(team: Team) -> None:
    assert isinstance(team.store, SqlStore)
    team.store._now = team.clock.now


async def expire(team: Team, quiet: QuietHours | None = None) -> int:
    return await ExpireReviews(team.store, team.jobs, team.clock, quiet, after=timedelta(days=14))()


async def notices(team: Team) -> list[Delivery]:
    async with team.store.transaction() as tx:
        return [d for d in await tx.deliveries.claim_due(team.clock.now()) if d.kind is DeliveryKind.REVIEW_EXPIRED]


async def test_after_two_weeks_it_leaves_the_queue_and_the_asker_hears_of_it_once(team: Team) -> None:
    draft = await team.has_draft()
    team.clock.advance(days=14)
    assert await expire(team) == 0, "not a moment early"
    team.clock.advance(minutes=1)
    assert await expire(team) == 1
    assert await expire(team) == 0
    assert (await team.reload(draft)).state is GenerationState.EXPIRED
    (notice,) = await notices(team)
    assert notice.address == ChatAddress(team.writer.telegram_id)
    assert notice.payload["generation_ids"] == [draft.id]
    queue = await ListQueue(team.store, team.clock)(team.approver, team.chat)
    assert queue.total == 0


async def test_it_can_still_be_found_and_approved(team: Team) -> None:
    draft = await team.has_draft()
    team.clock.advance(days=15)
    await expire(team)
    assert draft.placeholder is not None
    decide = DecideReview(team.store, team.jobs)
    with pytest.raises(StaleAction) as stale:
        await decide(team.approver, draft.id, draft.version, draft.placeholder, Verdict.APPROVED)
    assert stale.value.facts["state"] == "expired", "these buttons are of the time before"
    desk = ChatAddress(team.approver.telegram_id, None, 77)
    card = await FindDraft(team.store)(team.approver, draft.id, desk)
    decided = await decide(team.approver, draft.id, card.generation.version, desk, Verdict.APPROVED)
    assert decided.generation.state is GenerationState.APPROVED


async def test_in_a_group_one_notice_names_all_askers(team: Team) -> None:
    drafts = [await team.has_draft(message_id, chat=team.group) for message_id in (10, 20)]
    team.clock.advance(days=15)
    assert await expire(team) == 2
    (notice,) = await notices(team)
    assert notice.address == ChatAddress(team.group.id)
    assert notice.payload["generation_ids"] == [draft.id for draft in drafts]
    assert [person["name"] for person in notice.payload["people"]] == ["Аня"]


async def test_the_notice_waits_for_the_end_of_the_night_and_holds_nothing_else_up(team: Team) -> None:
    zone = timezone(timedelta(hours=3))
    quiet = parse_quiet_hours("14:00-16:00", zone)  # it is 15:00 there
    await team.has_draft()
    team.clock.advance(days=15)
    assert await expire(team, quiet) == 1
    assert await notices(team) == []
    async with team.store.transaction() as tx:
        await tx.deliveries.add(
            NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(team.writer.telegram_id), "urgent")
        )
        (urgent,) = await tx.deliveries.claim_due(team.clock.now())
    assert urgent.key == "urgent"
    async with team.store.transaction() as tx:
        await tx.deliveries.settle(urgent.id, urgent.attempts, DeliveryState.SENT)
    team.clock.advance(hours=1)
    assert len(await notices(team)) == 1


async def test_two_processes_at_once_expire_it_once(team: Team) -> None:
    await team.has_draft()
    team.clock.advance(days=15)
    assert sum(await asyncio.gather(*(expire(team) for _ in range(5)))) == 1
    assert len(await notices(team)) == 1
