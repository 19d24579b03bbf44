"""The adapter over the emulated speech API: tokens, options that a model does not take, sound that was cut."""

from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.domain.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable, StreamIncomplete
from services.speech.openai_voice import OpenAIVoice
from services.speech.ports import SpeakRequest
from tests.emulators.openai import OpenAIEmulator, RunningServer, serving
from tests.emulators.openai.faults import Fault, FaultKind

MANNER = "Читай спокойно."


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with serving(OpenAIEmulator()) as server:
        yield server


@pytest.fixture
def emulator(server: RunningServer) -> OpenAIEmulator:
    server.emulator.reset()
    return server.emulator


@pytest.fixture
async def voice(server: RunningServer) -> AsyncIterator[OpenAIVoice]:
    voice = OpenAIVoice("test", "sk-canary", server.base_url, timeout_seconds=1.0)
    yield voice
    await voice.aclose()


def a_request(model: str = "gpt-4o-mini-tts", text: str = "Тихая полка.") -> SpeakRequest:
    return SpeakRequest(model, text, "coral", MANNER, request_id="muza-17")


async def test_tokens_are_told_where_sound_comes_as_events(voice: OpenAIVoice, emulator: OpenAIEmulator) -> None:
    spoken = await voice.speak(a_request())
    (call,) = emulator.meter.of("speech")
    assert spoken.usage is not None
    assert (spoken.usage.tokens_in, spoken.usage.tokens_out) == (call.tokens_in, call.tokens_out)
    assert call.tokens_out > 10
    assert (call.request_id, call.body["instructions"]) == ("muza-17", MANNER)


async def test_an_older_model_is_asked_for_nothing_it_does_not_know(
    voice: OpenAIVoice, emulator: OpenAIEmulator
) -> None:
    spoken = await voice.speak(a_request("tts-1"))
    assert spoken.usage is None
    (call,) = emulator.meter.of("speech")
    assert set(call.body) == {"model", "input", "voice", "response_format", "speed", "stream_format"}
    assert call.body["stream_format"] == "audio"


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.EOF])
async def test_sound_that_was_cut_is_no_answer(voice: OpenAIVoice, emulator: OpenAIEmulator, kind: FaultKind) -> None:
    emulator.faults.add(Fault(kind))
    with pytest.raises((StreamIncomplete, ModelUnavailable)):
        await voice.speak(a_request())


async def test_an_error_in_the_middle_is_the_provider_s(voice: OpenAIVoice, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.ERROR_EVENT))
    with pytest.raises(ModelUnavailable):
        await voice.speak(a_request())


async def test_silence_of_the_server_is_a_timeout(voice: OpenAIVoice, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.STALL))
    with pytest.raises(ModelTimeout):
        await voice.speak(a_request("tts-1"))


async def test_usage_that_never_comes_is_none(voice: OpenAIVoice, emulator: OpenAIEmulator) -> None:
    emulator.faults.add(Fault(FaultKind.NO_USAGE))
    assert (await voice.speak(a_request())).usage is None


@pytest.mark.parametrize(
    ("model", "speaker", "text"),
    [("gpt-4.1", "coral", "x"), ("tts-1", "marin", "x"), ("tts-1", "coral", "x" * 4097)],
    ids=["no voice model", "unknown voice", "too long"],
)
async def test_what_the_api_refuses_is_refused(voice: OpenAIVoice, model: str, speaker: str, text: str) -> None:
    with pytest.raises(ModelError) as failure:
        await voice.speak(SpeakRequest(model, text, speaker))
    assert not isinstance(failure.value, ModelUnavailable)


async def test_options_that_a_server_refuses_are_left_out_from_then_on() -> None:
    """A compatible server that knows the oldest form of the request only."""
    asked: list[set[str]] = []

    async def speak(request: web.Request) -> web.Response:
        body = await request.json()
        asked.append(set(body))
        for option in ("response_format", "instructions", "stream_format"):
            if option in body:
                return web.json_response({"error": {"message": f"unknown field {option}", "code": None}}, status=422)
        return web.Response(body=b"sound", content_type="audio/mpeg")

    app = web.Application()
    app.router.add_post("/v1/audio/speech", speak)
    async with TestServer(app) as plain:
        voice = OpenAIVoice("test", None, str(plain.make_url("/v1")))
        try:
            assert (await voice.speak(a_request("gpt-like"))).audio == b"sound"
            assert (await voice.speak(a_request("gpt-like"))).audio == b"sound"
        finally:
            await voice.aclose()
    assert len(asked) == 5
    assert asked[-1] == {"model", "input", "voice"}


async def test_a_web_page_is_no_voice() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    app = web.Application()
    app.router.add_post("/audio/speech", page)
    async with TestServer(app) as site:
        voice = OpenAIVoice("test", None, str(site.make_url("/")))
        try:
            with pytest.raises(ModelRefused):
                await voice.speak(a_request("tts-1"))
        finally:
            await voice.aclose()
