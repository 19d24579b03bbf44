"""Service, adapter, price list and ledger against an emulated provider over HTTP: its books and ours agree."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from services.domain.errors import TranscriptionRefused
from services.domain.transcript import Transcript
from services.domain.usage import CallContext, CallOutcome
from services.llm.genai_prices import GenaiPriceList
from services.transcription.listening_route import ListeningRoute
from services.transcription.openai_listener import OpenAIListener
from services.transcription.ports import Hints
from services.transcription.service import TranscriptionService
from tests.emulators.openai import Fault, FaultKind, OpenAIEmulator, running
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.sound_files import RATE, SAMPLES, SHAPES, Waves, encoded, waves_of
from tests.unit.emulators.openai.sounds import pause, tone

CONTEXT = CallContext("transcribe", recording_id=1)
BRIEF = "Сделай пять слоганов для нового летнего чая с мятой. Коротко и без восклицаний."


@dataclass
class Wire:
    emulator: OpenAIEmulator
    service: TranscriptionService
    ledger: MemoryLedger

    async def hear(self, waves: Waves, hints: Hints | None = None) -> Transcript:
        piece = encoded(waves, SHAPES["ogg"])
        return await self.service.transcribe(piece, 1000 * len(waves) // RATE, CONTEXT, hints or Hints())


@pytest.fixture(params=["whisper-1", "gpt-4o-transcribe"])
async def wire(request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    emulator = OpenAIEmulator(refuse_unknown_models=True)
    emulator.transcripts.load(SAMPLES)
    async with running(emulator) as server:
        listener = OpenAIListener("openai", "key", server.base_url)
        ledger, breaker, prices = MemoryLedger(), MemoryBreaker(), GenaiPriceList(providers=["openai"])
        routes = [ListeningRoute(request.param, listener)]
        yield Wire(emulator, TranscriptionService(routes, ledger=ledger, breaker=breaker, prices=prices), ledger)
        await listener.aclose()


async def test_a_brief_is_heard(wire: Wire) -> None:
    heard = await wire.hear(waves_of("idea-ru.ogg"), Hints("ru", ("Тихий час",), "так"))
    assert (heard.text, heard.language) == (BRIEF, "ru")
    assert [one.text for one in heard.segments] == [f"{part}." for part in BRIEF.removesuffix(".").split(". ")]
    assert heard.confidence == pytest.approx(0.82, abs=0.01)
    assert wire.emulator.meter.calls[0].body["prompt"] == "Тихий час. так"


@pytest.mark.parametrize("waves", [waves_of("silence.ogg"), waves_of("music.ogg"), pause(1.0)])
async def test_where_nobody_speaks_nothing_is_believed(wire: Wire, waves: Waves) -> None:
    assert (await wire.hear(waves)).text == ""
    assert len(wire.emulator.meter.calls) == 1


async def test_our_ledger_says_what_the_provider_s_says(wire: Wire) -> None:
    wire.emulator.faults.add(Fault(FaultKind.SERVER_ERROR))
    for name in ("idea-ru.ogg", "approve-en.ogg"):
        await wire.hear(waves_of(name))
    refused, *answered = wire.emulator.meter.calls
    failed, *reports = [call.report for call in wire.ledger.calls if call.report]
    assert (refused.outcome, failed.outcome, failed.cost_microusd) == ("refused", CallOutcome.FAILED, 0)
    assert [call.request_id for call in wire.emulator.meter.calls] == ["muza-1", "muza-2", "muza-3"]
    for theirs, ours in zip(answered, reports, strict=True):
        assert (ours.usage.tokens_in, ours.usage.tokens_out) == (theirs.tokens_in, theirs.tokens_out)
        assert ours.usage.audio_ms == pytest.approx(theirs.audio_seconds * 1000, abs=20)
        assert ours.cost_microusd is not None
        assert ours.cost_microusd > 0
        assert not ours.usage.estimated


async def test_a_stranger_is_not_taken_for_silence(wire: Wire) -> None:
    assert "made without a model" in (await wire.hear(tone(2.0))).text


async def test_a_model_that_is_not_there_is_the_operator_s_business(wire: Wire) -> None:
    wire.emulator.settings.models = ("gpt-4.1",)
    with pytest.raises(TranscriptionRefused, match="model_not_found"):
        await wire.hear(waves_of("ask-ru.ogg"))
