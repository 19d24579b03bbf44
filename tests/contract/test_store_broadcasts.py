"""Announcements: who gets them, one way through their states, and progress that is counted and not remembered."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from services.domain.broadcast import Audience, Broadcast, BroadcastCounts, BroadcastState
from services.domain.chat import ChatAddress, ChatKind
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.domain.member import Member, MemberStatus, Role
from services.store.ports import Store
from services.store.sql_deliveries import CHAT_CLOSED
from tests.store_rows import NOW, a_member, a_project

SOURCE = ChatAddress(7, None, 70)
LONG_AGO, FAR_AWAY = NOW - timedelta(days=9_000), NOW + timedelta(days=9_000)
PROGRESS = ChatAddress(7, None, 71)
S, D = BroadcastState, DeliveryState


async def a_draft(store: Store, author: Member | None = None) -> Broadcast:
    author = author or await a_member(store, role=Role.ADMIN)
    async with store.transaction() as tx:
        return await tx.broadcasts.add(author.id, SOURCE, Audience.MEMBERS)


async def test_a_draft_keeps_what_was_shown(store: Store) -> None:
    draft = await a_draft(store)
    async with store.reading() as tx:
        assert await tx.broadcasts.get(draft.id) == draft
        assert await tx.broadcasts.get(draft.id + 1) is None
        assert await tx.broadcasts.unfinished() == []
    assert (draft.source, draft.audience, draft.state, draft.total) == (SOURCE, Audience.MEMBERS, S.DRAFT, 0)
    assert (draft.progress, draft.started_at, draft.finished_at) == (None, None, None)


async def test_everybody_but_the_author_the_blocked_and_the_closed(store: Store) -> None:
    author, approver = await a_member(store, role=Role.ADMIN), await a_member(store, role=Role.APPROVER)
    other_admin, writer = await a_member(store, role=Role.ADMIN), await a_member(store)
    gone = await a_member(store)
    await a_member(store, status=MemberStatus.BLOCKED)
    await a_member(store, status=MemberStatus.REQUESTED, role=Role.APPROVER)
    project = await a_project(store)
    async with store.transaction() as tx:
        for chat_id, kind in (
            (gone.telegram_id, ChatKind.PRIVATE),
            (writer.telegram_id, ChatKind.PRIVATE),
            (-1, ChatKind.GROUP),
            (-2, ChatKind.SUPERGROUP),
            (-3, ChatKind.SUPERGROUP),
            (-4, ChatKind.CHANNEL),
        ):
            await tx.chats.ensure(chat_id, kind, "…", project.id)
        for chat_id in (gone.telegram_id, -3):
            await tx.chats.close(chat_id)
    async with store.reading() as tx:
        asked = {audience: await tx.broadcasts.addressees(audience, author.id) for audience in Audience}
    ids = {audience: [address.chat_id for address in addresses] for audience, addresses in asked.items()}
    assert ids == {
        Audience.MEMBERS: [approver.telegram_id, other_admin.telegram_id, writer.telegram_id],
        Audience.APPROVERS: [approver.telegram_id, other_admin.telegram_id],
        Audience.GROUPS: [-2, -1],
    }


async def test_one_of_many_presses_starts_it(store: Store) -> None:
    draft = await a_draft(store)

    async def start() -> Broadcast | None:
        async with store.transaction() as tx:
            return await tx.broadcasts.start(draft.id, PROGRESS, 12, NOW)

    started = [one for one in await asyncio.gather(*(start() for _ in range(20))) if one is not None]
    assert len(started) == 1
    assert (started[0].state, started[0].total, started[0].progress) == (S.RUNNING, 12, PROGRESS)
    assert started[0].started_at == NOW
    async with store.transaction() as tx:
        assert await tx.broadcasts.choose(draft.id, Audience.GROUPS) is None
        assert await tx.broadcasts.discard(draft.id, NOW) is None
        assert await tx.broadcasts.unfinished() == started


async def test_it_ends_once_and_its_end_stands(store: Store) -> None:
    draft = await a_draft(store)
    async with store.transaction() as tx:
        assert await tx.broadcasts.finish(draft.id, NOW) is None
        assert await tx.broadcasts.stop(draft.id) is None
        await tx.broadcasts.start(draft.id, PROGRESS, 1, NOW)
        done = await tx.broadcasts.finish(draft.id, NOW + timedelta(seconds=34))
        assert done is not None
        assert (done.state, done.finished_at) == (S.DONE, NOW + timedelta(seconds=34))
        assert await tx.broadcasts.finish(draft.id, NOW + timedelta(days=1)) is None
        assert await tx.broadcasts.stop(draft.id) is None
        assert await tx.broadcasts.unfinished() == []
        assert await tx.broadcasts.get(draft.id) == done


async def test_a_stopped_one_is_unfinished_until_the_last_send_has_ended(store: Store) -> None:
    draft = await a_draft(store)
    async with store.transaction() as tx:
        await tx.broadcasts.start(draft.id, PROGRESS, 3, NOW)
        stopped = await tx.broadcasts.stop(draft.id)
        assert stopped is not None
        assert stopped.state is S.STOPPED
        assert await tx.broadcasts.stop(draft.id) is None
        assert await tx.broadcasts.unfinished() == [stopped]
        ended = await tx.broadcasts.finish(draft.id, NOW)
        assert ended is not None
        assert (ended.state, ended.finished_at) == (S.STOPPED, NOW)
        assert await tx.broadcasts.unfinished() == []


async def test_an_author_chooses_and_thinks_better_of_it(store: Store) -> None:
    draft = await a_draft(store)
    async with store.transaction() as tx:
        chosen = await tx.broadcasts.choose(draft.id, Audience.GROUPS)
        assert chosen is not None
        assert chosen.audience is Audience.GROUPS
        dropped = await tx.broadcasts.discard(draft.id, NOW)
        assert dropped is not None
        assert (dropped.state, dropped.started_at, dropped.finished_at) == (S.STOPPED, None, NOW)
        assert await tx.broadcasts.start(draft.id, PROGRESS, 1, NOW) is None
        assert await tx.broadcasts.unfinished() == []


async def test_progress_is_what_became_of_the_rows(store: Store) -> None:
    draft, other = await a_draft(store), await a_draft(store)
    ends = [
        (D.SENT, None),
        (D.SENT, None),
        (D.UNCERTAIN, "no_answer"),
        (D.DEAD, CHAT_CLOSED),
        (D.DEAD, "undeliverable"),
    ]
    async with store.transaction() as tx:
        assert await tx.broadcasts.counts(draft.id, LONG_AGO) == BroadcastCounts()
        for number in range(7):
            await tx.deliveries.add(_copy(draft.id, 100 + number))
        await tx.deliveries.add(_copy(other.id, 200))
        for row, (state, code) in zip(await tx.deliveries.claim_due(NOW, 6), ends, strict=False):
            await tx.deliveries.settle(row.id, row.attempts, state, error_code=code)
        counts = await tx.broadcasts.counts(draft.id, LONG_AGO)
        expected = BroadcastCounts(2, 2, 1, 1, 1, lately=5, settled_at=counts.settled_at)
        assert counts == expected
        assert counts.settled_at is not None
        assert (counts.total, counts.unreached) == (7, 3)
        assert (await tx.broadcasts.counts(draft.id, FAR_AWAY)).lately == 0
        assert await tx.deliveries.cancel_new(draft.id) == 1
        cancelled = await tx.broadcasts.counts(draft.id, LONG_AGO)
        assert cancelled == replace(expected, waiting=1, cancelled=1), "and what was cancelled is no speed"
        assert await tx.broadcasts.counts(other.id, LONG_AGO) == BroadcastCounts(waiting=1)


def _copy(broadcast_id: int, chat_id: int) -> NewDelivery:
    key = f"broadcast:{broadcast_id}:{chat_id}"
    return NewDelivery(DeliveryKind.BROADCAST, ChatAddress(chat_id), key, broadcast_id=broadcast_id)
