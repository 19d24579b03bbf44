"""What is said, how often it is tried, and what it cost."""

import asyncio
from collections import deque

import pytest

from services.domain.errors import (
    GenerationHalted,
    ModelBusy,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    NothingToDo,
    SpeechNotConfigured,
    StoreUnavailable,
    StreamIncomplete,
)
from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallOutcome, Usage
from services.speech.call_record import RecordedVoice
from services.speech.ports import SpeakRequest, Spoken
from services.speech.pyav_bubble import PyAVBubble
from services.speech.service import LONGEST_CHARACTERS, Manner, SpeechService
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.text_to_speech import HummingVoice

CONTEXT = CallContext("speak", member_id=3, generation_id=7)
OK, FAILED, CUT, STOPPED = CallOutcome.OK, CallOutcome.FAILED, CallOutcome.CUT, CallOutcome.STOPPED


class Studio:
    def __init__(self, voice: HummingVoice, model: str = "tts-1", total_seconds: float = 60.0) -> None:
        self.voice, self.ledger, self.breaker = voice, MemoryLedger(), MemoryBreaker()
        self.pauses: list[float] = []
        self.service = SpeechService(
            RecordedVoice(voice, self.ledger, FlatPriceList()),
            PyAVBubble(),
            self.breaker,
            model=model,
            speaker="coral",
            total_seconds=total_seconds,
            sleep=self.pause,
        )

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def studio() -> Studio:
    return Studio(HummingVoice())


async def test_what_is_said_is_readable_and_in_the_ledger(studio: Studio) -> None:
    release = PromptRelease("speak", "1.0", "hash")
    bubble = await studio.service.speak("**Тихая** полка [1]", CONTEXT, Manner("Спокойно.", release))
    (request,) = studio.voice.requests
    assert request == SpeakRequest("tts-1", "Тихая полка.", "coral", "Спокойно.", "muza-1")
    assert bubble.duration_ms > 500
    (call,) = studio.ledger.calls
    assert (call.outcome, call.context, call.prompt) == (OK, CONTEXT, release)
    assert call.characters == len("Тихая полка.")
    assert call.report is not None
    assert call.report.usage == Usage(characters=len("Тихая полка."))


async def test_a_model_that_is_paid_by_tokens_is_estimated_when_it_tells_none() -> None:
    studio = Studio(HummingVoice(), "gpt-4o-mini-tts")
    await studio.service.speak("Тихая полка", CONTEXT)
    studio.voice.usage = Usage(tokens_in=9, tokens_out=40)
    await studio.service.speak("Тихая полка", CONTEXT)
    guessed, told = (call.report.usage for call in studio.ledger.calls if call.report)
    assert (guessed.estimated, guessed.characters) == (True, 12)
    assert guessed.tokens_out > guessed.tokens_in > 0
    assert told == Usage(tokens_in=9, tokens_out=40, characters=12)


async def test_trouble_is_tried_again_and_each_try_is_written_down(studio: Studio) -> None:
    studio.voice.failures = deque([ModelUnavailable("down"), StreamIncomplete("cut")])
    assert (await studio.service.speak("Тихо", CONTEXT)).audio
    assert studio.ledger.outcomes == [FAILED, CUT, OK]
    costs = [call.report.usage for call in studio.ledger.calls if call.report]
    assert costs[0] == Usage(), "a request that was turned away costs nothing"
    assert costs[1].characters == 5, "one that was cut may cost all of it"
    assert len(studio.pauses) == 2


async def test_a_busy_provider_is_given_the_time_it_asks_for(studio: Studio) -> None:
    studio.voice.failures = deque([ModelBusy("slow down", retry_after=3.0)])
    await studio.service.speak("Тихо", CONTEXT)
    assert 3.0 <= studio.pauses[0] <= 4.0


@pytest.mark.parametrize(
    "error", [ModelRefused("wrong key"), ModelBusy("slow down", retry_after=60.0)], ids=["refused", "asks for too much"]
)
async def test_what_will_not_pass_is_not_tried_again(studio: Studio, error: ModelRefused | ModelBusy) -> None:
    studio.voice.failures = deque([error])
    with pytest.raises(type(error)):
        await studio.service.speak("Тихо", CONTEXT)
    assert studio.ledger.outcomes == [FAILED]


async def test_a_provider_that_keeps_failing_is_left_alone_by_everybody(studio: Studio) -> None:
    studio.voice.failures = deque(ModelUnavailable("down") for _ in range(9))
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            await studio.service.speak("Тихо", CONTEXT)
    asked = len(studio.voice.requests)
    assert asked == 5
    with pytest.raises(ModelUnavailable):
        await studio.service.speak("Тихо", CONTEXT)
    assert len(studio.voice.requests) == asked, "the circuit is open"
    studio.breaker.rest("scripted/tts-1")
    studio.voice.failures.clear()
    assert (await studio.service.speak("Тихо", CONTEXT)).audio


async def test_without_a_ledger_nothing_leaves(studio: Studio) -> None:
    studio.ledger.refuses_start = True
    with pytest.raises(StoreUnavailable):
        await studio.service.speak("Тихо", CONTEXT)
    assert studio.voice.requests == []


async def test_a_voice_that_takes_too_long_is_given_up_and_its_call_settled() -> None:
    class Slow(HummingVoice):
        async def speak(self, request: SpeakRequest) -> Spoken:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    studio = Studio(Slow(), total_seconds=0.05)
    with pytest.raises(ModelTimeout):
        await studio.service.speak("Тихо", CONTEXT)
    assert studio.ledger.outcomes == [STOPPED]


async def test_a_voice_stops_when_generation_is_halted() -> None:
    speaking = asyncio.Event()

    class Endless(HummingVoice):
        async def speak(self, request: SpeakRequest) -> Spoken:
            speaking.set()
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    studio = Studio(Endless())

    async def halt() -> None:
        await speaking.wait()
        studio.ledger.halts.learn(frozenset({0}))

    async with asyncio.TaskGroup() as group:
        group.create_task(halt())
        with pytest.raises(GenerationHalted):
            await studio.service.speak("Тихо", CONTEXT)
    assert studio.ledger.outcomes == [STOPPED]


async def test_the_text_never_outgrows_the_limit(studio: Studio) -> None:
    await studio.service.speak("слово " * 2_000, CONTEXT)
    assert len(studio.voice.requests[0].text) <= LONGEST_CHARACTERS


async def test_nothing_to_say_costs_nothing(studio: Studio) -> None:
    with pytest.raises(NothingToDo):
        await studio.service.speak("🎉 [1]", CONTEXT)
    assert studio.ledger.calls == []


async def test_where_no_voice_is_set_up_it_says_so() -> None:
    service = SpeechService(None, PyAVBubble(), MemoryBreaker())
    assert not service.is_configured
    with pytest.raises(SpeechNotConfigured):
        await service.speak("Тихо", CONTEXT)


async def test_libraries_are_loaded_once(studio: Studio) -> None:
    await asyncio.gather(*(studio.service.speak("Тихо", CONTEXT) for _ in range(3)))
    assert studio.voice.warmed_up == 1
