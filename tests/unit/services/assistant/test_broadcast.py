"""An announcement's life in the database: one start, one stop, an honest count."""

import asyncio

import pytest

from services.assistant.choose_audience import ChooseAudience
from services.assistant.discard_broadcast import DiscardBroadcast
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.assistant.report_broadcasts import ReportBroadcasts
from services.assistant.start_broadcast import StartBroadcast
from services.assistant.stop_broadcast import StopBroadcast
from services.domain.broadcast import Audience, Broadcast, BroadcastState
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryState
from services.domain.errors import NobodyToReach, NotAllowed, QueueUnavailable, StaleAction
from services.domain.member import MemberStatus, Role
from services.queue.ports import JobName
from tests.unit.services.assistant.conftest import Team

SOURCE, SHOWN_IN = ChatAddress(1, None, 70), ChatAddress(1, None, 71)


async def draft(team: Team) -> Broadcast:
    return (await PrepareBroadcast(team.store)(team.admin, SOURCE)).broadcast


async def start(team: Team, broadcast: Broadcast) -> Broadcast:
    return await StartBroadcast(team.store, team.jobs, team.clock)(team.admin, broadcast.id, SHOWN_IN)


async def test_only_admins_announce_and_only_its_author_decides(team: Team) -> None:
    with pytest.raises(NotAllowed):
        await PrepareBroadcast(team.store)(team.approver, SOURCE)
    made = await draft(team)
    async with team.store.transaction() as tx:
        other = await tx.members.add(9, "Other", None, role=Role.ADMIN, status=MemberStatus.ACTIVE)
    for stranger in (team.approver, other):
        with pytest.raises(NotAllowed):
            await ChooseAudience(team.store)(stranger, made.id, Audience.GROUPS)
        with pytest.raises(NotAllowed):
            await StartBroadcast(team.store, team.jobs, team.clock)(stranger, made.id, SHOWN_IN)
        with pytest.raises(NotAllowed):
            await DiscardBroadcast(team.store, team.clock)(stranger, made.id)
        with pytest.raises(NotAllowed):
            await StopBroadcast(team.store, team.clock)(stranger, made.id)
    with pytest.raises(StaleAction):
        await StopBroadcast(team.store, team.clock)(team.admin, made.id + 100)


async def test_sizes_are_those_of_the_moment(team: Team) -> None:
    proposal = await PrepareBroadcast(team.store)(team.admin, SOURCE)
    assert proposal.sizes == {Audience.MEMBERS: 2, Audience.APPROVERS: 1, Audience.GROUPS: 1}
    async with team.store.transaction() as tx:
        await tx.members.change(team.writer.id, status=MemberStatus.BLOCKED)
    again = await ChooseAudience(team.store)(team.admin, proposal.broadcast.id, Audience.APPROVERS)
    assert (again.broadcast.audience, again.sizes[Audience.MEMBERS]) == (Audience.APPROVERS, 1)


async def test_of_many_presses_one_starts_it_and_everybody_gets_one_row(team: Team) -> None:
    made = await draft(team)
    pressed = await asyncio.gather(*(start(team, made) for _ in range(8)), return_exceptions=True)
    started = [one for one in pressed if isinstance(one, Broadcast)]
    refused = [one for one in pressed if isinstance(one, StaleAction)]
    assert (len(started), len(refused)) == (1, 7)
    assert {refusal.facts["state"] for refusal in refused} == {"broadcast_running"}
    assert team.jobs.enqueued_names == [JobName.DRAIN_DELIVERIES]
    async with team.store.transaction() as tx:
        rows = await tx.deliveries.claim_due(team.clock.now())
        events = [(event, facts) for _, event, _, facts in await tx.audit.recent()]
    assert sorted(row.address.chat_id for row in rows) == [team.approver.telegram_id, team.writer.telegram_id]
    assert {row.key for row in rows} == {f"broadcast:{made.id}:2", f"broadcast:{made.id}:3"}
    assert all(row.payload == {"from_chat_id": 1, "message_id": 70} for row in rows)
    assert events == [("broadcast_started", {"broadcast": made.id, "audience": "members", "total": 2})]


async def test_a_start_survives_a_queue_that_is_away(team: Team) -> None:
    team.jobs.fail_with = QueueUnavailable()
    assert (await start(team, await draft(team))).state is BroadcastState.RUNNING


async def test_nobody_to_reach_leaves_the_draft_as_it_was(team: Team) -> None:
    made = await draft(team)
    await ChooseAudience(team.store)(team.admin, made.id, Audience.APPROVERS)
    async with team.store.transaction() as tx:
        await tx.members.change(team.approver.id, role=Role.MEMBER)
    with pytest.raises(NobodyToReach):
        await start(team, made)
    chosen = await ChooseAudience(team.store)(team.admin, made.id, Audience.MEMBERS)
    assert chosen.broadcast.state is BroadcastState.DRAFT


async def test_a_dropped_draft_cannot_be_sent(team: Team) -> None:
    made = await draft(team)
    await DiscardBroadcast(team.store, team.clock)(team.admin, made.id)
    for late in (start(team, made), DiscardBroadcast(team.store, team.clock)(team.admin, made.id)):
        with pytest.raises(StaleAction) as stale:
            await late
        assert stale.value.facts["state"] == "broadcast_stopped"


async def test_stop_also_keeps_back_what_was_refused_for_the_moment(team: Team) -> None:
    running = await start(team, await draft(team))
    async with team.store.transaction() as tx:
        (in_hand,) = await tx.deliveries.claim_due(team.clock.now(), 1)
    report = await StopBroadcast(team.store, team.clock)(team.admin, running.id)
    assert (report.counts.sent, report.counts.waiting, report.counts.cancelled) == (0, 1, 1)
    assert not report.is_over
    async with team.store.transaction() as tx:
        await tx.deliveries.settle(in_hand.id, in_hand.attempts, DeliveryState.NEW, error_code="flood")
    reports = ReportBroadcasts(team.store, team.clock)
    (stopped,) = await reports.unfinished()
    progress = await reports(stopped)
    assert progress.report.is_over
    assert (progress.report.counts.cancelled, progress.author) == (2, team.admin)
    assert await reports.finish(progress)
    assert not await reports.finish(progress)
    assert await reports.unfinished() == []
    with pytest.raises(StaleAction):
        await StopBroadcast(team.store, team.clock)(team.admin, running.id)
    async with team.store.reading() as tx:
        events = [event for _, event, _, _ in await tx.audit.recent()]
    assert events == ["broadcast_finished", "broadcast_stopped", "broadcast_started"]
