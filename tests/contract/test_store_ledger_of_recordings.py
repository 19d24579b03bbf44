"""The ledger of calls that are made for a recording, under its job lease."""

from datetime import datetime, timedelta

import pytest

from services.calling.lost_calls import LostCalls
from services.domain.errand import Errand
from services.domain.lease import LeaseLost, recording_lease
from services.domain.recording import Recording
from services.domain.usage import CallContext, CallOutcome, CallReport, StartedCall, Usage
from services.llm.genai_prices import GenaiPriceList
from services.store.ports import CallTotals, Store
from services.store.sql_ledger import LONGEST_CALL, LONGEST_SETTLING, SqlLedger
from tests.contract.recording_rows import a_recording
from tests.fakes.token_counter import WordCounter
from tests.store_rows import NOW, an_attempt

SOON = timedelta(seconds=1)


async def taken(store: Store, recording: Recording, now: datetime = NOW) -> int:
    """The token of a lease that runs out at once, so that the next one can be taken."""
    async with store.transaction() as tx:
        token = await tx.job_leases.take(recording_lease(recording.id), "worker", now, now)
    assert token is not None
    return token


def context(recording: Recording, token: int | None) -> CallContext:
    return CallContext("transcribe", recording_id=recording.id, lease_token=token)


async def listened(store: Store, recording: Recording, token: int | None, audio_ms: int = 60_000) -> int:
    return await SqlLedger(store).start(Errand(context(recording, token), "openai", "whisper-1", audio_ms=audio_ms))


async def started_at(store: Store) -> datetime:
    """By the database's clock, as the rows have it."""
    attempt = await an_attempt(store)
    assert attempt.created_at is not None
    return attempt.created_at


async def totals(store: Store) -> CallTotals:
    async with store.reading() as tx:
        return await tx.calls.totals()


async def test_only_the_holder_of_the_recording_s_lease_calls(store: Store) -> None:
    recording, other = await a_recording(store), await a_recording(store)
    first = await taken(store, recording)
    await listened(store, recording, first)
    second = await taken(store, recording)
    for wrong in (context(recording, first), context(recording, second + 1), context(other, second)):
        with pytest.raises(LeaseLost):
            await SqlLedger(store).start(Errand(wrong, "openai", "whisper-1"))
    await listened(store, recording, second)
    async with store.transaction() as tx:
        await tx.job_leases.release(recording_lease(recording.id), second)
    with pytest.raises(LeaseLost):
        await listened(store, recording, second)
    assert (await totals(store)).calls == 2


async def test_who_works_under_no_lease_needs_none(store: Store) -> None:
    recording = await a_recording(store)
    await listened(store, recording, None)
    assert (await totals(store)).calls == 1


async def test_an_heir_finds_what_former_holders_left_open(store: Store) -> None:
    recording, other = await a_recording(store), await a_recording(store)
    ledger = SqlLedger(store)
    first = await taken(store, recording)
    left, settled = await listened(store, recording, first), await listened(store, recording, first)
    await listened(store, other, await taken(store, other))
    await ledger.finish(settled, CallReport(CallOutcome.OK, Usage(audio_ms=60_000), 6_000, 900))
    second = await taken(store, recording)
    spoken = await ledger.start(Errand(context(recording, second), "openai", "tts-1", characters=12))
    await listened(store, recording, await taken(store, recording))
    assert await ledger.unsettled_of_recording(recording.id, second + 1) == [
        StartedCall(left, "openai", "whisper-1", 0, None, recording.id, 60_000),
        StartedCall(spoken, "openai", "tts-1", 0, None, recording.id, 0, 12),
    ]
    assert [call.id for call in await ledger.unsettled_of_recording(recording.id, second)] == [left]


async def test_a_call_for_an_attempt_is_left_to_the_attempt_s_heir(store: Store) -> None:
    recording, attempt = await a_recording(store), await an_attempt(store)
    async with store.transaction() as tx:
        run = await tx.generations.claim(attempt.id, "bot", NOW, NOW)
        assert run is not None
    both = CallContext("idea", generation_id=attempt.id, recording_id=recording.id, lease_token=run.lease_token)
    call = await SqlLedger(store).start(Errand(both, "openai", "gpt-4.1", tokens_in=5))
    assert await SqlLedger(store).unsettled_of_recording(recording.id, 99) == []
    assert [one.id for one in await SqlLedger(store).unsettled_of_older_runs(attempt.id, 99)] == [call]


async def test_a_lost_call_costs_what_its_sound_costs(store: Store) -> None:
    recording, prices = await a_recording(store), GenaiPriceList(providers=["openai"])
    first, ledger = await taken(store, recording), SqlLedger(store)
    await listened(store, recording, first)
    tokens = context(recording, first)
    await ledger.start(Errand(tokens, "openai", "gpt-4o-transcribe", tokens_in=600, audio_ms=60_000))
    await ledger.start(Errand(tokens, "openai", "gpt-4.1", tokens_in=1_000))
    second = await taken(store, recording)
    lost = LostCalls(ledger, prices, WordCounter())
    assert await lost.of_recording(recording.id, second) == 3
    # $0.36 an hour, $6 a million tokens of sound, $2 a million tokens of text.
    assert (await totals(store)).cost_microusd == 6_000 + 3_600 + 2_000
    assert await lost.of_recording(recording.id, second) == 0


async def test_calls_are_forgotten_when_nobody_holds_the_recording(store: Store) -> None:
    held, overtaken, released = [await a_recording(store) for _ in range(3)]
    ledger = SqlLedger(store)
    calls = []
    for recording in (held, overtaken, released):
        token = await taken(store, recording)
        calls.append(await listened(store, recording, token))
    await taken(store, overtaken)
    async with store.transaction() as tx:
        await tx.job_leases.release(recording_lease(released.id), 1)
    free = await listened(store, held, None)
    begun = await started_at(store)
    assert await ledger.forgotten(begun) == []
    late = begun + LONGEST_SETTLING + timedelta(seconds=30)
    assert [call.id for call in await ledger.forgotten(late)] == calls[1:]
    assert [call.id for call in await ledger.forgotten(late + LONGEST_CALL)] == [*calls, free]
