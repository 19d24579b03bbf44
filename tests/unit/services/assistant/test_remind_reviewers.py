"""A draft is not forgotten, and nobody is nagged without need."""

import asyncio
from collections.abc import Sequence
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from services.assistant.decide_review import DecideReview
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.remind_reviewers import RemindReviewers
from services.assistant.submit_for_review import SubmitForReview
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState
from services.domain.generation import Generation
from services.domain.member import Member, MemberStatus, Role
from services.domain.quiet_hours import QuietHours
from services.domain.review import Verdict
from services.queue.ports import JobName
from services.store.sql_store import SqlStore
from tests.unit.services.assistant.conftest import Team

QUIET = QuietHours(time(21), time(9), ZoneInfo("Europe/Moscow"))


@pytest.fixture(autouse=True)
def one_clock(team: Team) -> None:
    """Rows are stamped by the clock that the test moves."""
    assert isinstance(team.store, SqlStore)
    team.store._now = team.clock.now


async def remind(team: Team, quiet: QuietHours | None = None) -> int:
    return await RemindReviewers(team.store, team.jobs, team.clock, quiet)()


async def letters(team: Team) -> Sequence[Delivery]:
    """What waits in the outbox, taken out of it, reminders only."""
    taken: list[Delivery] = []
    async with team.store.transaction() as tx:
        while due := await tx.deliveries.claim_due(team.clock.now()):
            for delivery in due:
                await tx.deliveries.settle(delivery.id, delivery.attempts, state=DeliveryState.SENT)
            taken += due
    return [delivery for delivery in taken if delivery.kind is DeliveryKind.REVIEW_REMINDER]


async def submitted(team: Team, message_id: int = 10) -> Generation:
    draft = await team.has_draft(message_id)
    assert draft.placeholder is not None
    await SubmitForReview(team.store, team.jobs)(team.writer, draft.id, draft.version, draft.placeholder)
    return draft


def chats(found: Sequence[Delivery]) -> set[int]:
    return {delivery.address.chat_id for delivery in found}


async def joins(team: Team, role: Role, telegram_id: int = 9) -> Member:
    async with team.store.transaction() as tx:
        return await tx.members.add(telegram_id, "Вера", None, role=role, status=MemberStatus.ACTIVE)


async def test_after_a_day_two_days_and_then_somebody_else(team: Team) -> None:
    draft = await submitted(team)
    newcomer = await joins(team, Role.APPROVER)
    team.clock.advance(hours=23, minutes=59)
    assert await remind(team) == 0
    team.clock.advance(minutes=1)
    assert await remind(team) == 2
    first = await letters(team)
    assert chats(first) == {team.admin.telegram_id, team.approver.telegram_id}
    assert {(d.payload["round"], d.payload["escalated"]) for d in first} == {(1, False)}
    assert team.jobs.enqueued_names[-1] is JobName.DRAIN_DELIVERIES
    team.clock.advance(hours=24)
    assert await remind(team) == 2
    assert {d.payload["round"] for d in await letters(team)} == {2}
    team.clock.advance(hours=24)
    assert await remind(team) == 1
    (third,) = await letters(team)
    assert third.address.chat_id == newcomer.telegram_id
    assert (third.payload["round"], third.payload["escalated"], third.payload["nobody_else"]) == (3, True, False)
    team.clock.advance(days=5)
    assert await remind(team) == 0, "three rounds, then silence until it expires"
    assert (await team.reload(draft)).reminders == 3
    async with team.store.reading() as tx:
        events = [event for _, event, _, facts in await tx.audit.recent() if facts.get("generation") == draft.id]
    assert events[:3] == ["escalation", "reminder", "reminder"]


async def test_when_everybody_was_asked_it_goes_to_the_administrators(team: Team) -> None:
    await submitted(team)
    for _ in range(3):
        team.clock.advance(hours=24)
        await remind(team)
    last = [d for d in await letters(team) if d.payload["round"] == 3]
    assert chats(last) == {team.admin.telegram_id}
    assert last[0].payload["nobody_else"]


async def test_three_drafts_are_one_message(team: Team) -> None:
    drafts = [await submitted(team, message_id) for message_id in (10, 20, 30)]
    team.clock.advance(hours=25)
    assert await remind(team) == 2
    for letter in await letters(team):
        assert letter.payload["generation_ids"] == [draft.id for draft in drafts]


async def test_a_draft_in_a_group_reminds_the_group_and_names_who_decides(team: Team) -> None:
    await team.has_draft(chat=team.group)
    team.clock.advance(hours=24)
    assert await remind(team) == 1
    (letter,) = await letters(team)
    assert letter.address == ChatAddress(team.group.id)
    assert [person["name"] for person in letter.payload["people"]] == ["Lev"]
    team.clock.advance(hours=24)
    await remind(team)
    team.clock.advance(hours=24)
    await remind(team)
    last = [d for d in await letters(team) if d.payload["round"] == 3]
    assert chats(last) == {team.admin.telegram_id}, "in private: the group has heard it twice"
    assert not last[0].payload["nobody_else"]


async def test_a_group_that_muza_has_left_is_not_written_to(team: Team) -> None:
    await team.has_draft(chat=team.group)
    async with team.store.transaction() as tx:
        await tx.chats.close(team.group.id)
    team.clock.advance(hours=24)
    await remind(team)
    assert chats(await letters(team)) == {team.admin.telegram_id}


async def test_what_nobody_was_asked_about_reminds_nobody(team: Team) -> None:
    async with team.store.transaction() as tx:
        own: Chat = await tx.chats.ensure(team.approver.telegram_id, ChatKind.PRIVATE, "Lev", team.project.id)
    await team.has_draft()
    await team.has_draft(message_id=50, chat=own)
    team.clock.advance(days=3)
    assert await remind(team) == 0


async def test_decided_replaced_and_rewritten_drafts_remind_nobody(team: Team) -> None:
    approved, regenerated = await submitted(team), await submitted(team, 20)
    assert approved.placeholder is not None
    assert regenerated.placeholder is not None
    await DecideReview(team.store, team.jobs)(
        team.approver, approved.id, approved.version, approved.placeholder, Verdict.APPROVED
    )
    await RegenerateDraft(team.store, team.runner)(
        team.writer, regenerated.id, regenerated.version, regenerated.placeholder
    )
    team.clock.advance(days=2)
    assert await remind(team) == 0


async def test_a_person_who_lost_the_right_is_not_asked(team: Team) -> None:
    await submitted(team)
    async with team.store.transaction() as tx:
        await tx.members.change(team.approver.id, role=Role.MEMBER)
    team.clock.advance(hours=24)
    await remind(team)
    assert chats(await letters(team)) == {team.admin.telegram_id}


async def test_many_schedulers_at_once_write_each_letter_once(team: Team) -> None:
    draft = await submitted(team)
    team.clock.advance(hours=24)
    written = await asyncio.gather(*(remind(team) for _ in range(6)))
    assert sum(written) == 2
    assert len(await letters(team)) == 2
    assert (await team.reload(draft)).reminders == 1


async def test_a_reminder_leaves_the_buttons_valid(team: Team) -> None:
    draft = await submitted(team)
    team.clock.advance(hours=24)
    await remind(team)
    assert draft.placeholder is not None
    card = await DecideReview(team.store, team.jobs)(
        team.approver, draft.id, draft.version, draft.placeholder, Verdict.APPROVED
    )
    assert card.decided_by == "Lev"


async def test_the_night_is_gathered_into_one_morning_message(team: Team) -> None:
    team.clock.advance(hours=6)  # 18:00 UTC = 21:00 in Moscow
    await submitted(team)
    team.clock.advance(hours=3)
    await submitted(team, 20)
    team.clock.advance(hours=24)
    assert await remind(team, QUIET) == 0, "00:00 in Moscow"
    team.clock.advance(hours=9)
    assert team.clock.now().astimezone(ZoneInfo("Europe/Moscow")).time() == time(9)
    assert await remind(team, QUIET) == 2
    assert {len(letter.payload["generation_ids"]) for letter in await letters(team)} == {2}


async def test_after_a_long_downtime_rounds_come_one_by_one(team: Team) -> None:
    await submitted(team)
    team.clock.advance(days=5)
    await remind(team)
    assert {d.payload["round"] for d in await letters(team)} == {1}
    assert await remind(team) == 0
    team.clock.advance(hours=12)
    await remind(team)
    assert {d.payload["round"] for d in await letters(team)} == {2}


async def test_the_clock_starts_when_people_are_asked(team: Team) -> None:
    draft = await team.has_draft()
    team.clock.advance(days=4)
    assert draft.placeholder is not None
    await SubmitForReview(team.store, team.jobs)(team.writer, draft.id, draft.version, draft.placeholder)
    assert await remind(team) == 0
    team.clock.advance(hours=24)
    assert await remind(team) == 2
