"""Whose attempt is begun next, and how many requests of one person are let in: on both databases."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from services.domain.fairness import in_turn
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Store
from tests.store_rows import a_brief, a_member, an_attempt

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
S = GenerationState
FIRST_CHAT = -100


async def queued(store: Store, member: Member, chat_id: int) -> Generation:
    return await an_attempt(store, await a_brief(store, member=member, chat_id=chat_id))


async def turn(store: Store, *, at_once: int = 100, late: float = 0.0, owner: str = "bot") -> Generation | None:
    now = datetime.now(UTC) + timedelta(seconds=late)
    async with store.transaction() as tx:
        return await tx.queue.claim_next(owner, now + timedelta(seconds=10), now, at_once)


async def turns(store: Store, count: int, *, at_once: int = 100) -> list[int]:
    taken = [await turn(store, at_once=at_once) for _ in range(count)]
    return [one.id for one in taken if one is not None]


async def ends(store: Store, generation: Generation) -> None:
    async with store.transaction() as tx:
        await tx.generations.finish(generation.id, generation.lease_token, S.FAILED, now=datetime.now(UTC))


async def test_a_quiet_chat_waits_for_one_request_of_each_other_chat(store: Store) -> None:
    noisy, quiet = await a_member(store), [await a_member(store) for _ in range(3)]
    flood = [await queued(store, noisy, FIRST_CHAT) for _ in range(8)]
    assert await turns(store, 2) == [flood[0].id, flood[1].id]
    late = [await queued(store, one, FIRST_CHAT - place) for place, one in enumerate(quiet, 1)]
    order = await turns(store, 6)
    assert set(order[:4]) == {flood[2].id, *(one.id for one in late)}
    assert order[4:] == [flood[3].id, flood[4].id]


async def test_people_of_one_chat_take_turns_and_their_own_go_oldest_first(store: Store) -> None:
    one, other = await a_member(store), await a_member(store)
    mine = [await queued(store, one, FIRST_CHAT) for _ in range(4)]
    theirs = [await queued(store, other, FIRST_CHAT) for _ in range(2)]
    order = await turns(store, 6)
    assert order == [mine[0].id, theirs[0].id, mine[1].id, theirs[1].id, mine[2].id, mine[3].id]


async def test_nobody_has_more_attempts_written_at_once_than_allowed(store: Store) -> None:
    greedy, other = await a_member(store), await a_member(store)
    mine = [await queued(store, greedy, FIRST_CHAT - place) for place in range(4)]
    theirs = await queued(store, other, FIRST_CHAT)
    first = await turn(store, at_once=2)
    assert first is not None
    assert await turns(store, 5, at_once=2) == [mine[1].id, theirs.id]
    async with store.transaction() as tx:
        assert not await tx.queue.has_room(greedy.id, 2)
        assert await tx.queue.has_room(other.id, 2)
        assert await tx.queue.running() == {greedy.id: 2, other.id: 1}
    await ends(store, first)
    assert await turns(store, 5, at_once=2) == [mine[2].id]


async def test_processes_that_look_at_once_take_different_attempts_within_the_limit(store: Store) -> None:
    people = [await a_member(store) for _ in range(3)]
    for person in people:
        for _ in range(4):
            await queued(store, person, FIRST_CHAT)
    taken = await asyncio.gather(*(turn(store, at_once=2, owner=f"bot-{number}") for number in range(10)))
    found = [one for one in taken if one is not None]
    assert Counter(one.requested_by for one in found) == {person.id: 2 for person in people}
    assert len({one.id for one in found}) == 6


async def test_an_attempt_whose_owner_died_goes_first_and_keeps_its_turn(store: Store) -> None:
    member = await a_member(store)
    mine = [await queued(store, member, FIRST_CHAT) for _ in range(3)]
    begun = await turn(store, at_once=1)
    assert begun is not None
    assert await turn(store, at_once=1) is None
    heir = await turn(store, at_once=1, late=11, owner="heir")
    assert heir is not None
    assert (heir.id, heir.lease_owner, heir.lease_token) == (mine[0].id, "heir", 2)


async def test_what_is_given_back_is_next_again(store: Store) -> None:
    one, other = await a_member(store), await a_member(store)
    mine = [await queued(store, one, FIRST_CHAT) for _ in range(2)]
    theirs = await queued(store, other, FIRST_CHAT - 1)
    begun = await turn(store)
    assert begun is not None
    async with store.transaction() as tx:
        await tx.generations.transition(begun.id, expected_version=begun.version, to=S.QUEUED)
    assert await turns(store, 3) == [mine[0].id, theirs.id, mine[1].id]


async def test_a_retry_waits_as_if_it_had_just_come(store: Store) -> None:
    one, other = await a_member(store), await a_member(store)
    mine = await queued(store, one, FIRST_CHAT)
    begun = await turn(store)
    assert begun is not None
    await ends(store, begun)
    theirs = await queued(store, other, FIRST_CHAT - 1)
    async with store.transaction() as tx:
        failed = await tx.generations.get(mine.id)
        assert failed is not None
        await tx.generations.transition(mine.id, expected_version=failed.version, to=S.QUEUED)
    assert await turns(store, 2) == [theirs.id, mine.id]


async def test_a_refused_attempt_keeps_the_facts_of_its_sentence(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        refused = await tx.generations.transition(
            attempt.id, expected_version=1, to=S.FAILED, error_code="too_many_requests", error_facts={"seconds": 7}
        )
        assert refused is not None
        assert (refused.error_code, refused.error_facts) == ("too_many_requests", {"seconds": 7})
        again = await tx.generations.transition(attempt.id, expected_version=2, to=S.QUEUED)
    assert again is not None
    assert (again.error_code, again.error_facts) == (None, {})


async def test_the_queue_tells_the_order_it_will_be_taken_in(store: Store) -> None:
    one, other, third = [await a_member(store) for _ in range(3)]
    for person, chat in ((one, 0), (one, 0), (other, 0), (third, 1), (one, 2), (third, 1), (other, 1)):
        await queued(store, person, FIRST_CHAT - chat)
    await turns(store, 2)
    async with store.reading() as tx:
        told = [waiting.id for waiting in in_turn(await tx.queue.waiting())]
    assert await turns(store, 9) == told
    assert len(told) == 5


async def test_what_an_attempt_usually_takes_is_the_median_of_the_last(store: Store) -> None:
    async with store.reading() as tx:
        assert await tx.queue.usual_seconds() is None
    for seconds in (5, 60, 9):
        await an_attempt(store)
        begun = await turn(store)
        assert begun is not None
        async with store.transaction() as tx:
            await tx.generations.finish(begun.id, 1, S.FAILED, now=datetime.now(UTC) + timedelta(seconds=seconds))
    async with store.reading() as tx:
        usual = await tx.queue.usual_seconds()
    assert usual is not None
    assert round(usual) == 9


async def test_of_fifty_requests_that_come_together_a_minute_lets_six_in(store: Store) -> None:
    member, other = await a_member(store), await a_member(store)

    async def asks(who: Member) -> datetime | None:
        async with store.transaction() as tx:
            return await tx.admissions.admit(who.id, NOW, 6)

    answers = await asyncio.gather(*(asks(member) for _ in range(50)), asks(other))
    assert answers.count(None) == 7
    assert set(answers) == {None, NOW + timedelta(seconds=60)}


async def test_the_window_slides_and_a_rolled_back_request_is_not_counted(store: Store) -> None:
    member = await a_member(store)

    async def asks(second: float) -> datetime | None:
        async with store.transaction() as tx:
            return await tx.admissions.admit(member.id, NOW + timedelta(seconds=second), 2)

    assert await asks(0) is None
    assert await asks(40) is None
    assert await asks(50) == NOW + timedelta(seconds=60)
    assert await asks(59.9) == NOW + timedelta(seconds=60)
    assert await asks(60) is None
    assert await asks(61) == NOW + timedelta(seconds=100)
    try:
        async with store.transaction() as tx:
            assert await tx.admissions.admit(member.id, NOW + timedelta(seconds=100), 2) is None
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert await asks(100) is None
    assert await asks(-3600) is None, "a clock that was set back locks nobody out"
