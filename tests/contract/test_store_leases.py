"""Who may run an attempt and who may write to it: claims, fencing tokens, guarded changes of state."""

import asyncio
from datetime import timedelta

import pytest

from services.domain.chat import ChatAddress
from services.domain.generation import TRANSITIONS, GenerationState, PromptRelease
from services.domain.usage import Usage
from services.store.ports import Store
from tests.store_rows import NOW, a_brief, an_attempt

LATER = NOW + timedelta(minutes=1)
S = GenerationState


async def test_fifty_claims_have_one_winner(store: Store) -> None:
    attempt = await an_attempt(store)

    async def claim(owner: str) -> bool:
        async with store.transaction() as tx:
            return await tx.generations.claim(attempt.id, owner, LATER, NOW) is not None

    won = await asyncio.gather(*(claim(f"bot-{number}") for number in range(50)))
    assert won.count(True) == 1
    async with store.reading() as tx:
        row = await tx.generations.get(attempt.id)
    assert row is not None
    assert (row.state, row.version, row.lease_token) == (S.RUNNING, 2, 1)
    assert row.lease_owner == f"bot-{won.index(True)}"


async def test_a_lease_that_ran_out_is_taken_over_and_fences_its_former_owner(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        generations = tx.generations
        first = await generations.claim(attempt.id, "first", NOW + timedelta(seconds=30), NOW)
        assert first is not None
        assert await generations.renew(attempt.id, first.lease_token, NOW + timedelta(seconds=40))
        assert await generations.claim(attempt.id, "second", LATER, NOW + timedelta(seconds=35)) is None
        assert await generations.claimable(NOW + timedelta(seconds=35)) == []
        assert await generations.claimable(NOW + timedelta(seconds=41)) == [attempt.id]
        second = await generations.claim(attempt.id, "second", LATER, NOW + timedelta(seconds=41))
        assert second is not None
        assert (second.lease_token, second.version) == (2, first.version)

        old = first.lease_token
        assert not await generations.renew(attempt.id, old, LATER)
        assert not await generations.save_text(attempt.id, old, "late words", complete=True)
        assert not await generations.set_placeholder(attempt.id, old, ChatAddress(1, None, 2))
        assert not await generations.set_prompt(attempt.id, old, PromptRelease("idea", "1", ""), "model", {})
        assert await generations.finish(attempt.id, old, S.IN_REVIEW, usage=Usage(1, 0, 1), now=NOW) is None
        assert await generations.get(attempt.id) == second
        assert await generations.finish(attempt.id, second.lease_token, S.IN_REVIEW, now=NOW) is not None


async def test_queued_and_forsaken_attempts_are_claimable_oldest_first(store: Store) -> None:
    brief = await a_brief(store)
    queued, running, forsaken, ended = [await an_attempt(store, brief) for _ in range(4)]
    async with store.transaction() as tx:
        await tx.generations.claim(running.id, "bot", LATER, NOW)
        await tx.generations.claim(forsaken.id, "bot", NOW - timedelta(seconds=1), NOW)
        await tx.generations.claim(ended.id, "bot", LATER, NOW)
        await tx.generations.finish(ended.id, 1, S.ANSWERED, now=NOW)
    async with store.reading() as tx:
        assert await tx.generations.claimable(NOW) == [queued.id, forsaken.id]
        assert await tx.generations.claimable(NOW, limit=1) == [queued.id]


async def test_a_stopped_run_has_lost_its_lease(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        running = await tx.generations.claim(attempt.id, "bot", LATER, NOW)
        assert running is not None
        stopped = await tx.generations.transition(attempt.id, expected_version=running.version, to=S.STOPPED)
        assert stopped is not None
        assert (stopped.lease_owner, stopped.lease_until) == (None, None)
        assert stopped.finished_at is not None
        assert not await tx.generations.renew(attempt.id, running.lease_token, LATER)
        assert await tx.generations.finish(attempt.id, running.lease_token, S.IN_REVIEW, now=NOW) is None


async def test_of_many_presses_on_one_button_one_counts(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        await tx.generations.claim(attempt.id, "bot", LATER, NOW)
        shown = await tx.generations.finish(attempt.id, 1, S.IN_REVIEW, now=NOW)
    assert shown is not None
    version = shown.version

    async def press(verdict: GenerationState) -> bool:
        async with store.transaction() as tx:
            return await tx.generations.transition(attempt.id, expected_version=version, to=verdict) is not None

    verdicts = [S.APPROVED, S.REJECTED, S.CHANGES_REQUESTED, S.SUPERSEDED] * 5
    counted = await asyncio.gather(*(press(verdict) for verdict in verdicts))
    assert counted.count(True) == 1
    async with store.reading() as tx:
        row = await tx.generations.get(attempt.id)
    assert row is not None
    assert row.state is verdicts[counted.index(True)]
    assert row.version == version + 1
    assert row.finished_at == shown.finished_at


async def test_a_run_handed_back_keeps_its_text(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        await tx.generations.claim(attempt.id, "bot", LATER, NOW)
        await tx.generations.save_text(attempt.id, 1, "whole answer", complete=True)
        back = await tx.generations.finish(attempt.id, 1, S.QUEUED, now=NOW)
        assert back is not None
        assert (back.text, back.text_complete, back.finished_at) == ("whole answer", True, None)
        assert await tx.generations.claimable(NOW) == [attempt.id]


@pytest.mark.parametrize("state", sorted(set(S) - TRANSITIONS[S.RUNNING]))
async def test_a_run_cannot_end_as_a_decision(sqlite_store: Store, state: GenerationState) -> None:
    attempt = await an_attempt(sqlite_store)
    with pytest.raises(ValueError, match="does not end"):
        async with sqlite_store.transaction() as tx:
            await tx.generations.finish(attempt.id, 1, state, now=NOW)


async def test_an_error_code_stays_until_the_next_run(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        failed = await tx.generations.transition(
            attempt.id, expected_version=1, to=S.FAILED, error_code="model_unavailable"
        )
        assert failed is not None
        assert failed.error_code == "model_unavailable"
        assert failed.finished_at is not None
        superseded = await tx.generations.transition(attempt.id, expected_version=2, to=S.SUPERSEDED)
        assert superseded is not None
        assert superseded.error_code == "model_unavailable"
