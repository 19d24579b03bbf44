"""What every TextToSpeech promises; the fake and the adapter over the emulated API pass the same suite."""

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from services.domain.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable
from services.speech.openai_voice import OpenAIVoice
from services.speech.ports import SpeakRequest, TextToSpeech
from services.speech.pyav_bubble import PyAVBubble
from tests.emulators.openai import OpenAIEmulator
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.server import running
from tests.fakes.text_to_speech import HummingVoice

ERRORS: dict[type[ModelError], ModelError] = {
    ModelUnavailable: ModelUnavailable("down"),
    ModelBusy: ModelBusy("slow down", retry_after=7.0),
    ModelRefused: ModelRefused("wrong key"),
}


class Provider(Protocol):
    """The far side, as a test directs it."""

    voice: TextToSpeech

    def fails(self, kind: type[ModelError]) -> None: ...
    @property
    def heard(self) -> list[tuple[str, str, str]]:
        """(model, voice, text) of each request."""
        ...


class ScriptedProvider:
    def __init__(self) -> None:
        self.humming = HummingVoice()
        self.voice: TextToSpeech = self.humming

    def fails(self, kind: type[ModelError]) -> None:
        self.humming.failures.append(ERRORS[kind])

    @property
    def heard(self) -> list[tuple[str, str, str]]:
        return [(request.model, request.voice, request.text) for request in self.humming.requests]


class EmulatedProvider:
    def __init__(self, emulator: OpenAIEmulator, voice: OpenAIVoice) -> None:
        self.emulator = emulator
        self.voice: TextToSpeech = voice

    def fails(self, kind: type[ModelError]) -> None:
        if kind is ModelRefused:
            self.emulator.settings.api_key = "another"
            return
        fault = FaultKind.RATE_LIMIT if kind is ModelBusy else FaultKind.UNAVAILABLE
        self.emulator.faults.add(Fault(fault, seconds=7.0))

    @property
    def heard(self) -> list[tuple[str, str, str]]:
        return [(call.model, call.body["voice"], call.body["input"]) for call in self.emulator.meter.of("speech")]


@pytest.fixture(params=["scripted", "emulated"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "scripted":
        yield ScriptedProvider()
        return
    async with running(OpenAIEmulator()) as server:
        voice = OpenAIVoice("test", "sk-canary", server.base_url)
        try:
            yield EmulatedProvider(server.emulator, voice)
        finally:
            await voice.aclose()


def a_request(text: str = "Полка, с которой ничего не надо брать.") -> SpeakRequest:
    return SpeakRequest("gpt-4o-mini-tts", text, "coral")


async def test_the_words_reach_the_provider_and_sound_comes_back(provider: Provider) -> None:
    spoken = await provider.voice.speak(a_request())
    assert provider.heard == [("gpt-4o-mini-tts", "coral", a_request().text)]
    bubble = await PyAVBubble().encode(spoken.audio)
    assert 1_500 < bubble.duration_ms < 4_000


async def test_a_longer_text_sounds_longer(provider: Provider) -> None:
    short = await PyAVBubble().encode((await provider.voice.speak(a_request("Тихо."))).audio)
    long = await PyAVBubble().encode((await provider.voice.speak(a_request("Тихая полка. " * 9))).audio)
    assert long.duration_ms > 5 * short.duration_ms


@pytest.mark.parametrize("kind", list(ERRORS))
async def test_failures_are_of_our_tree_and_say_nothing_of_the_key(provider: Provider, kind: type[ModelError]) -> None:
    provider.fails(kind)
    with pytest.raises(ModelError) as failure:
        await provider.voice.speak(a_request())
    assert type(failure.value) is kind
    assert "canary" not in repr(failure.value)
    assert failure.value.__cause__ is None
    if kind is ModelBusy:
        assert failure.value.retry_after == 7.0


async def test_after_a_failure_it_speaks_again(provider: Provider) -> None:
    provider.fails(ModelUnavailable)
    with pytest.raises(ModelUnavailable):
        await provider.voice.speak(a_request())
    assert (await provider.voice.speak(a_request())).audio


async def test_warming_up_asks_nothing_of_the_provider(provider: Provider) -> None:
    await provider.voice.warm_up()
    assert provider.heard == []
