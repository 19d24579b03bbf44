"""Which messages show an attempt: recorded under its token, by one process, during the run and after it."""

from datetime import timedelta

from services.domain.chat import ChatAddress
from services.domain.generation import Generation, GenerationState
from services.store.ports import Store
from tests.store_rows import NOW, an_attempt

LATER = NOW + timedelta(minutes=1)
HERE, THERE = ChatAddress(-1, None, 10), ChatAddress(-1, None, 11)


async def an_ended_attempt(store: Store, state: GenerationState = GenerationState.IN_REVIEW) -> Generation:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        assert await tx.generations.claim(attempt.id, "host:1:a", LATER, NOW)
        ended = await tx.generations.finish(attempt.id, 1, state, now=NOW)
    assert ended is not None
    return ended


async def reloaded(store: Store, attempt: Generation) -> Generation:
    async with store.reading() as tx:
        found = await tx.generations.get(attempt.id)
    assert found is not None
    return found


async def test_of_two_that_make_a_message_one_is_recorded(store: Store) -> None:
    attempt = await an_ended_attempt(store)
    async with store.transaction() as tx:
        assert await tx.generations.set_placeholder(attempt.id, 1, HERE)
        assert not await tx.generations.set_placeholder(attempt.id, 1, THERE)
        assert await tx.generations.set_placeholder(attempt.id, 1, HERE), "an answer was lost, the writer asks again"
    assert (await reloaded(store, attempt)).placeholder == HERE


async def test_a_deleted_message_gives_way_to_another(store: Store) -> None:
    attempt = await an_ended_attempt(store)
    async with store.transaction() as tx:
        assert await tx.generations.set_placeholder(attempt.id, 1, HERE)
        assert not await tx.generations.set_placeholder(attempt.id, 1, THERE, instead_of=ChatAddress(-1, None, 9))
        assert await tx.generations.set_placeholder(attempt.id, 1, THERE, instead_of=HERE)
    assert (await reloaded(store, attempt)).placeholder == THERE


async def test_nothing_is_recorded_for_what_is_shown_already_or_under_an_older_token(store: Store) -> None:
    attempt = await an_ended_attempt(store)
    async with store.transaction() as tx:
        assert not await tx.generations.set_placeholder(attempt.id, 0, HERE)
        assert not await tx.generations.set_continuation(attempt.id, 0, [12])
        await tx.generations.mark_delivered(attempt.id)
        assert not await tx.generations.set_placeholder(attempt.id, 1, HERE)
        assert not await tx.generations.set_continuation(attempt.id, 1, [12])
        await tx.generations.mark_undelivered(attempt.id)
        assert await tx.generations.set_placeholder(attempt.id, 1, HERE)


async def test_further_messages_go_over_to_the_attempt_that_gets_the_message(store: Store) -> None:
    attempt = await an_ended_attempt(store)
    async with store.transaction() as tx:
        assert await tx.generations.set_placeholder(attempt.id, 1, HERE)
        assert await tx.generations.set_continuation(attempt.id, 1, [12, 13])
        again = await tx.generations.add(attempt.brief_id, attempt.requested_by, placeholder=HERE)
        elsewhere = await tx.generations.add(attempt.brief_id, attempt.requested_by, placeholder=THERE)
        assert again.continuation == (12, 13)
        assert elsewhere.continuation == ()
        assert await tx.generations.claim(again.id, "host:1:a", LATER, NOW)
        assert await tx.generations.set_continuation(again.id, 1, [])
    assert (await reloaded(store, again)).continuation == ()


async def test_the_outcomes_of_a_dead_process_need_not_wait(store: Store) -> None:
    attempt = await an_ended_attempt(store)
    async with store.transaction() as tx:
        assert "host:1:a" in await tx.generations.owners(NOW)
        assert await tx.generations.undelivered(NOW) == []
        assert await tx.generations.forsake("host:1:a") == 1
        assert await tx.generations.undelivered(NOW) == [attempt.id]
        await tx.generations.mark_delivered(attempt.id)
        assert await tx.generations.undelivered(LATER) == []
        assert "host:1:a" not in await tx.generations.owners(NOW)


async def test_every_end_but_a_superseded_one_is_an_outcome_to_show(store: Store) -> None:
    failed, decided, retired = [
        await an_ended_attempt(store, state)
        for state in (GenerationState.FAILED, GenerationState.IN_REVIEW, GenerationState.IN_REVIEW)
    ]
    stopped = await an_attempt(store)
    async with store.transaction() as tx:
        for attempt, state in (
            (decided, GenerationState.APPROVED),
            (retired, GenerationState.SUPERSEDED),
            (stopped, GenerationState.STOPPED),
        ):
            assert await tx.generations.transition(attempt.id, expected_version=attempt.version, to=state)
        found = await tx.generations.undelivered(NOW.replace(year=2200))
    assert sorted(found) == sorted([failed.id, decided.id, stopped.id])
