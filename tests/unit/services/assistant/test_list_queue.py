"""Every draft that waits is in the queue of those who may see it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.assistant.decide_review import DecideReview
from services.assistant.list_queue import PAGE, ListQueue
from services.assistant.regenerate_draft import RegenerateDraft
from services.domain.chat import ChatKind
from services.domain.errors import NotAllowed
from services.domain.generation import GenerationState
from services.domain.member import MemberStatus
from services.domain.review import Verdict
from tests.unit.services.assistant.conftest import Team


async def test_those_who_decide_see_all_and_others_their_own(team: Team) -> None:
    mine = await team.has_draft()
    in_group = await team.has_draft(20, chat=team.group)
    queue = ListQueue(team.store, team.clock)
    seen = await queue(team.approver, replace(team.chat, id=team.approver.telegram_id))
    assert [item.generation_id for item in seen.items] == [in_group.id, mine.id], "newest first"
    assert [item.generation_id for item in (await queue(team.writer, team.chat)).items] == [in_group.id, mine.id]
    assert (await queue(replace(team.writer, id=team.admin.id), team.chat)).total == 0


async def test_a_group_sees_only_what_was_asked_there(team: Team) -> None:
    await team.has_draft()
    in_group = await team.has_draft(20, chat=team.group)
    queue = ListQueue(team.store, team.clock)
    for person in (team.approver, team.writer):
        assert [item.generation_id for item in (await queue(person, team.group)).items] == [in_group.id]
    assert (await queue(team.approver, replace(team.group, id=-5, kind=ChatKind.GROUP))).items == ()


async def test_decided_and_replaced_drafts_leave_it_and_a_failed_attempt_replaces_nothing(team: Team) -> None:
    first, second = await team.has_draft(), await team.has_draft(20)
    assert first.placeholder is not None
    assert second.placeholder is not None
    queue = ListQueue(team.store, team.clock)
    await DecideReview(team.store, team.jobs)(
        team.approver, first.id, first.version, first.placeholder, Verdict.APPROVED
    )
    child = await RegenerateDraft(team.store, team.runner)(team.writer, second.id, second.version, second.placeholder)
    assert (await queue(team.approver, team.chat)).items == ()
    newest = await team.writes(child, shown_in=second.placeholder.message_id or 0)
    again = await RegenerateDraft(team.store, team.runner)(
        team.writer, second.id, (await team.reload(second)).version, second.placeholder
    )
    assert (await queue(team.approver, team.chat)).items == (), "a newer one is being written"
    async with team.store.transaction() as tx:
        await tx.generations.transition(again.id, expected_version=again.version, to=GenerationState.FAILED)
    assert [item.generation_id for item in (await queue(team.approver, team.chat)).items] == [newest.id]


async def test_it_has_pages_and_tells_how_long_each_has_waited(team: Team) -> None:
    drafts = [await team.has_draft(100 + number) for number in range(PAGE + 2)]
    team.clock.advance(days=300)
    queue = ListQueue(team.store, team.clock)
    first, last = await queue(team.approver, team.chat), await queue(team.approver, team.chat, 7)
    assert (first.pages, first.total, len(first.items), first.first) == (2, PAGE + 2, PAGE, 1)
    assert [item.generation_id for item in last.items] == [drafts[1].id, drafts[0].id]
    assert (last.number, last.first) == (1, PAGE + 1)
    assert first.items[0].waited == timedelta(days=300)


async def test_it_is_closed_to_those_who_are_not_in_the_team(team: Team) -> None:
    with pytest.raises(NotAllowed):
        await ListQueue(team.store, team.clock)(replace(team.writer, status=MemberStatus.BLOCKED), team.chat)
