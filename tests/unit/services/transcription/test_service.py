"""Who is asked, what is done when nobody answers, and what the ledger knows of it."""

import asyncio

import pytest

from services.calling.retry import RetryPolicy
from services.domain.errors import (
    ContextTooLong,
    GenerationHalted,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    StoreUnavailable,
    StreamIncomplete,
    TranscriptionNotConfigured,
    TranscriptionRefused,
    TranscriptionUnavailable,
)
from services.domain.transcript import Segment, Transcript
from services.domain.usage import CallOutcome, Usage
from services.transcription.ports import Heard, Hints
from services.transcription.service import TranscriptionService
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.speech_to_text import heard
from tests.unit.services.transcription.listening_bench import CONTEXT, SOUND, ListeningBench

TRANSIENT: list[ModelError] = [ModelUnavailable(), ModelBusy(), ModelTimeout(), StreamIncomplete()]


@pytest.fixture
def bench() -> ListeningBench:
    return ListeningBench()


async def test_words_come_with_times_language_and_confidence(bench: ListeningBench) -> None:
    bench.api.will_hear(heard("Три слогана для чая."))
    transcript = await bench.transcribe()
    sure = transcript.confidence
    assert transcript == Transcript("Три слогана для чая.", "ru", (Segment(0, 2_000, transcript.text, sure),), sure)
    assert sure == pytest.approx(0.905, abs=0.001)
    assert bench.asked == (1, 0)


async def test_the_request_carries_the_hints_and_its_name_in_the_ledger(bench: ListeningBench) -> None:
    bench.api.will_hear("один", "два")
    service = bench.service()
    for hints in (Hints("ru", ("Тихий час",), "и до свидания."), Hints()):
        await service.transcribe(SOUND, 2_000, CONTEXT, hints)
    first, second = bench.api.requests
    assert (first.language, first.prompt, first.request_id) == ("ru", "Тихий час. и до свидания.", "muza-1")
    assert (second.language, second.prompt, second.request_id) == (None, "", "muza-2")
    assert (first.audio, first.duration_ms, first.model) == (SOUND, 2_000, "whisper-1")


async def test_each_try_is_in_the_ledger_before_it_leaves_and_settled_after(bench: ListeningBench) -> None:
    bench.api.will_hear(ModelUnavailable(), heard("да", seconds=2.1))
    await bench.transcribe()
    assert [(call.provider, call.model, call.audio_ms) for call in bench.ledger.calls] == [
        ("openai", "whisper-1", 2_000)
    ] * 2
    assert all(call.context == CONTEXT for call in bench.ledger.calls)
    failed, done = bench.reports
    assert (failed.outcome, failed.error_code, failed.usage) == (CallOutcome.FAILED, "model_unavailable", Usage())
    assert (done.outcome, done.usage) == (CallOutcome.OK, Usage(audio_ms=2_100))


async def test_nothing_leaves_that_the_ledger_does_not_know_of(bench: ListeningBench) -> None:
    bench.ledger.refuses_start = True
    with pytest.raises(StoreUnavailable):
        await bench.transcribe()
    assert bench.asked == (0, 0)


async def test_a_text_is_worth_more_than_its_receipt(bench: ListeningBench) -> None:
    bench.ledger.refuses_finish = True
    bench.api.will_hear("да")
    assert (await bench.transcribe()).text == "да"


async def test_tokens_are_kept_with_the_seconds(bench: ListeningBench) -> None:
    bench.model = "gpt-4o-transcribe"
    bench.api.will_hear(Heard("да", None, (), Usage(tokens_in=25, tokens_audio=20, tokens_out=4), avg_logprob=-0.1))
    await bench.transcribe()
    (call,) = bench.ledger.calls
    assert (call.tokens_in, call.audio_ms) == (20, 2_000)
    assert bench.reports[0].usage == Usage(tokens_in=25, tokens_audio=20, tokens_out=4, audio_ms=2_000)
    assert bench.reports[0].cost_microusd == 2 * 29


@pytest.mark.parametrize(("model", "tokens"), [("whisper-1", 0), ("gpt-4o-mini-transcribe", 20)])
async def test_what_was_sent_is_reckoned_where_the_provider_does_not_tell(
    bench: ListeningBench, model: str, tokens: int
) -> None:
    bench.model = model
    bench.api.will_hear(Heard("да", "ru", (), usage=None))
    await bench.transcribe()
    told = Usage(tokens_in=tokens, tokens_audio=tokens, audio_ms=2_000, estimated=True)
    assert bench.reports[0].usage == told


@pytest.mark.parametrize("error", TRANSIENT)
async def test_transient_trouble_is_tried_again(bench: ListeningBench, error: ModelError) -> None:
    bench.api.will_hear(error, "да")
    assert (await bench.transcribe()).text == "да"
    assert (bench.asked, len(bench.slept)) == ((2, 0), 1)


async def test_retry_after_is_honoured(bench: ListeningBench) -> None:
    bench.api.will_hear(ModelBusy(retry_after=11.0), "да")
    await bench.transcribe()
    assert 11.0 <= bench.slept[0] <= 12.0


@pytest.mark.parametrize("error", [ModelRefused("no such model"), ContextTooLong(), ModelBusy(retry_after=600)])
async def test_what_does_not_pass_goes_to_the_next_one_at_once(bench: ListeningBench, error: ModelError) -> None:
    bench.api.will_hear(error)
    bench.own.will_hear("да")
    assert (await bench.transcribe()).text == "да"
    assert (bench.asked, bench.slept) == ((1, 1), [])
    assert [(call.provider, call.model) for call in bench.ledger.calls] == [("openai", "whisper-1"), ("local", "small")]


async def test_a_model_that_stays_away_is_replaced(bench: ListeningBench) -> None:
    bench.api.will_hear(*[ModelUnavailable()] * 3)
    bench.own.will_hear("да")
    assert (await bench.transcribe()).text == "да"
    assert bench.asked == (3, 1)


async def test_an_open_circuit_is_not_waited_for(bench: ListeningBench) -> None:
    bench.breaker.failures["listening/openai/whisper-1"] = 5
    bench.own.will_hear("да")
    await bench.transcribe()
    assert (bench.asked, len(bench.ledger.calls)) == ((0, 1), 1)


async def test_failures_open_the_circuit_of_this_listener_alone(bench: ListeningBench) -> None:
    bench.breaker.threshold = 3
    bench.api.will_hear(*[ModelTimeout()] * 3)
    bench.own.will_hear("да", "и да")
    await bench.transcribe()
    await bench.transcribe()
    assert bench.asked == (3, 2)
    assert bench.breaker.failures == {"listening/openai/whisper-1": 3, "listening/local/small": 0}


@pytest.mark.parametrize("error", TRANSIENT)
async def test_nobody_who_could_listen_can_be_asked_again_later(bench: ListeningBench, error: ModelError) -> None:
    bench.policy = RetryPolicy(max_tries=2)
    bench.api.will_hear(error, error)
    bench.own.will_hear(ModelRefused("no checkpoint"))
    with pytest.raises(TranscriptionUnavailable) as failure:
        await bench.transcribe()
    assert type(failure.value) is TranscriptionUnavailable
    assert failure.value.retryable


async def test_a_missing_model_is_the_operator_s_business(bench: ListeningBench) -> None:
    bench.api.will_hear(ModelRefused("HTTP 404 model_not_found"))
    bench.own.will_hear(ModelRefused("no checkpoint"))
    with pytest.raises(TranscriptionRefused) as failure:
        await bench.transcribe()
    assert "model_not_found" in str(failure.value)
    assert failure.value.code == "transcription_refused"


async def test_without_anybody_it_says_what_to_set() -> None:
    service = TranscriptionService([], ledger=MemoryLedger(), breaker=MemoryBreaker(), prices=FlatPriceList())
    assert not service.is_configured
    with pytest.raises(TranscriptionNotConfigured, match="TRANSCRIPTION_MODEL"):
        await service.transcribe(SOUND, 2_000, CONTEXT)


async def test_a_cancelled_call_is_settled_before_the_cancel_returns(bench: ListeningBench) -> None:
    bench.api.will_hear("never", before=asyncio.Event())
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(bench.transcribe())
        while not bench.api.listening:  # noqa: ASYNC110 - the fake counts, and sets no event
            await asyncio.sleep(0)
        listening.cancel()
    assert bench.reports[0].outcome is CallOutcome.STOPPED
    assert bench.reports[0].usage == Usage(audio_ms=2_000, estimated=True)
    assert bench.asked == (1, 0)


async def test_the_kill_switch_ends_a_call_and_nobody_takes_over(bench: ListeningBench) -> None:
    bench.api.will_hear("never", before=asyncio.Event())
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(_refused(bench))
        while not bench.api.listening:  # noqa: ASYNC110 - the fake counts, and sets no event
            await asyncio.sleep(0)
        assert bench.ledger.halts.learn(frozenset({0})) == 1
    assert listening.result() == "generation_halted"
    assert bench.reports[0].outcome is CallOutcome.STOPPED
    assert bench.asked == (1, 0)


async def _refused(bench: ListeningBench) -> str:
    try:
        await bench.transcribe()
    except GenerationHalted as error:
        return error.code
    return ""


async def test_a_timeout_may_be_billed_and_is_reckoned(bench: ListeningBench) -> None:
    bench.api.will_hear(ModelTimeout(), "да")
    await bench.transcribe()
    assert bench.reports[0].usage == Usage(audio_ms=2_000, estimated=True)


async def test_silence_is_an_empty_text_and_asks_no_second_opinion(bench: ListeningBench) -> None:
    bench.api.will_hear(heard("Субтитры сделал DimaTorzok"))
    transcript = await bench.transcribe()
    assert (transcript.text, transcript.segments, transcript.confidence) == ("", (), None)
    assert bench.asked == (1, 0)


async def test_warming_up_is_done_once_and_asks_nobody(bench: ListeningBench) -> None:
    service = bench.service()
    await asyncio.gather(service.warm_up(), service.warm_up())
    assert bench.api.warmed_up
    assert bench.own.warmed_up
    assert bench.asked == (0, 0)
