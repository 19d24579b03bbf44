"""What every SpeechToText promises; the scripted fake and the real adapter pass the same suite."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from services.domain.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable
from services.domain.usage import Usage
from services.transcription.openai_listener import OpenAIListener
from services.transcription.ports import Heard, HeardSegment, ListenRequest, SpeechToText
from tests.emulators.openai import Fault, FaultKind, OpenAIEmulator, running
from tests.emulators.openai.said import Said
from tests.fakes.sound_files import SHAPES, encoded
from tests.fakes.speech_to_text import ScriptedListener
from tests.unit.bot.waiting import until
from tests.unit.emulators.openai.sounds import tone

KEY = "sk-canary"
SOUND = encoded(tone(3.0), SHAPES["wav"])
FAULTS: dict[type[ModelError], FaultKind] = {ModelUnavailable: FaultKind.UNAVAILABLE, ModelBusy: FaultKind.RATE_LIMIT}


class Provider(Protocol):
    """The far side of a SpeechToText, as a test directs it."""

    listener: SpeechToText

    def says(self, *phrases: tuple[float, float, str]) -> None:
        """(start, end, text) in SOUND, in seconds."""

    def fails(self, kind: type[ModelError]) -> None: ...
    def hangs(self) -> None: ...
    async def nobody_listens(self) -> None:
        """Returns when no request is under way."""

    @property
    def seen(self) -> list[tuple[str, str | None, str, str]]:
        """(model, language, prompt, request id) of each request."""
        ...


class ScriptedProvider:
    def __init__(self) -> None:
        self.fake = ScriptedListener()
        self.listener: SpeechToText = self.fake

    def says(self, *phrases: tuple[float, float, str]) -> None:
        text = " ".join(text for _, _, text in phrases)
        segments = tuple(
            HeardSegment(round(start * 1000), round(end * 1000), text, -0.2, 0.01, 1.3) for start, end, text in phrases
        )
        self.fake.will_hear(Heard(text, "ru", segments, Usage(audio_ms=3_000)))

    def fails(self, kind: type[ModelError]) -> None:
        self.fake.will_hear(kind("as ordered", retry_after=7.0 if kind is ModelBusy else None))

    def hangs(self) -> None:
        self.fake.will_hear("", before=asyncio.Event())

    async def nobody_listens(self) -> None:
        assert self.fake.listening == 0

    @property
    def seen(self) -> list[tuple[str, str | None, str, str]]:
        return [(ask.model, ask.language, ask.prompt, ask.request_id or "") for ask in self.fake.requests]


class OpenAIProvider:
    def __init__(self, emulator: OpenAIEmulator, base_url: str) -> None:
        self.emulator = emulator
        self.openai = OpenAIListener("test", KEY, base_url)
        self.listener: SpeechToText = self.openai

    def says(self, *phrases: tuple[float, float, str]) -> None:
        self.emulator.transcripts.add(SOUND, [Said(*phrase) for phrase in phrases])

    def fails(self, kind: type[ModelError]) -> None:
        if kind is ModelRefused:
            self.emulator.settings.api_key = "another"
        else:
            self.emulator.faults.add(Fault(FAULTS[kind], seconds=7.0))

    def hangs(self) -> None:
        self.emulator.faults.add(Fault(FaultKind.STALL))

    async def nobody_listens(self) -> None:
        await until(lambda: all(call.ended for call in self.emulator.meter.calls), "the end of all requests")

    @property
    def seen(self) -> list[tuple[str, str | None, str, str]]:
        calls = self.emulator.meter.calls
        return [(call.model, call.body["language"], call.body["prompt"], call.request_id) for call in calls]


@pytest.fixture(params=["scripted", "openai"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "scripted":
        yield ScriptedProvider()
        return
    async with running(OpenAIEmulator()) as server:
        far_side = OpenAIProvider(server.emulator, server.base_url)
        try:
            yield far_side
        finally:
            await far_side.openai.aclose()


def a_request(**facts: str) -> ListenRequest:
    return ListenRequest("whisper-1", SOUND, 3_000, file_name="audio.wav", **facts)


async def test_words_come_with_their_times_and_how_sure_they_are(provider: Provider) -> None:
    provider.says((0.0, 1.2, "Нужен пост о чае."), (1.5, 3.0, "Без спешки."))
    answer = await provider.listener.listen(a_request())
    assert (answer.text, answer.language) == ("Нужен пост о чае. Без спешки.", "ru")
    assert [(part.start_ms, part.end_ms, part.text) for part in answer.segments] == [
        (0, 1_200, "Нужен пост о чае."),
        (1_500, 3_000, "Без спешки."),
    ]
    for part in answer.segments:
        assert part.avg_logprob == -0.2
        assert part.no_speech_prob == 0.01


async def test_what_was_listened_to_is_counted(provider: Provider) -> None:
    provider.says((0.0, 3.0, "Тихо."))
    assert (await provider.listener.listen(a_request())).usage == Usage(audio_ms=3_000)


async def test_the_request_reaches_the_provider(provider: Provider) -> None:
    provider.says((0.0, 3.0, "Тихо."))
    await provider.listener.listen(a_request(language="ru", prompt="Тихий час.", request_id="muza-7"))
    assert provider.seen == [("whisper-1", "ru", "Тихий час.", "muza-7")]


@pytest.mark.parametrize("kind", [ModelUnavailable, ModelBusy, ModelRefused])
async def test_failures_are_of_our_tree_and_keep_the_key_to_themselves(
    provider: Provider, kind: type[ModelError]
) -> None:
    provider.fails(kind)
    with pytest.raises(ModelError) as failure:
        await provider.listener.listen(a_request())
    assert type(failure.value) is kind
    assert KEY not in f"{failure.value!r} {failure.value.__cause__!r}"


async def test_the_wait_a_busy_provider_asks_for_is_passed_on(provider: Provider) -> None:
    provider.fails(ModelBusy)
    with pytest.raises(ModelBusy) as failure:
        await provider.listener.listen(a_request())
    assert failure.value.retry_after == 7.0


async def test_nothing_is_tried_twice(provider: Provider) -> None:
    provider.fails(ModelUnavailable)
    with pytest.raises(ModelUnavailable):
        await provider.listener.listen(a_request())
    assert len(provider.seen) == 1


async def test_a_request_that_is_cancelled_ends_at_once(provider: Provider) -> None:
    provider.hangs()
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(provider.listener.listen(a_request()))
        await until(lambda: bool(provider.seen), "the request")
        listening.cancel()
    await provider.nobody_listens()


async def test_warming_up_asks_nobody(provider: Provider) -> None:
    await provider.listener.warm_up()
    assert provider.seen == []
