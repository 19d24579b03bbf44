"""Transcriptions as OpenAI answers them, what they cost, and recordings that are told over HTTP."""

import json

import httpx
import pytest
from openai import AsyncOpenAI, BadRequestError

from tests.emulators.openai import OpenAIEmulator
from tests.fakes.sound_files import SAMPLES, SHAPES, encoded, waves_of
from tests.unit.emulators.openai.sounds import pause

SAMPLE = (SAMPLES / "ask-ru.ogg").read_bytes()
AGAIN = encoded(waves_of("ask-ru.ogg"), SHAPES["mp3"])
TEXT = "Какие слова нам нельзя использовать?"


async def told(http: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await http.post("/admin/recordings", files={"file": ("voice.ogg", SAMPLE)}, data=form)


async def test_a_recording_told_over_http_is_heard(client: AsyncOpenAI, http: httpx.AsyncClient) -> None:
    assert (await told(http, text=TEXT)).json()["recordings"] >= 1
    heard = await client.audio.transcriptions.create(
        model="whisper-1", file=("voice.mp3", AGAIN), response_format="verbose_json"
    )
    assert (heard.text, heard.language) == (TEXT, "russian")
    sentences = json.dumps([[0.0, 1.0, "Раз."], [1.0, 2.5, "Два."]])
    assert (await told(http, sentences=sentences)).is_success
    timed = await client.audio.transcriptions.create(
        model="whisper-1", file=("voice.mp3", AGAIN), response_format="verbose_json"
    )
    assert timed.segments is not None
    assert [(one.text, one.end) for one in timed.segments] == [(" Раз.", 1.0), (" Два.", 2.5)]
    assert (await told(http, sentences="[[1]]")).status_code == 400


async def test_gpt_is_billed_by_tokens_and_tells_how_sure_it_is(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.transcripts.add(SAMPLE, TEXT)
    heard = await client.audio.transcriptions.create(
        model="gpt-4o-transcribe", file=("v.mp3", AGAIN), prompt="Тихий час", include=["logprobs"]
    )
    assert heard.text == TEXT
    assert heard.logprobs is not None
    assert "".join(one.token or "" for one in heard.logprobs) == TEXT
    assert heard.usage is not None
    assert heard.usage.type == "tokens"
    assert heard.usage.input_token_details is not None
    assert heard.usage.input_token_details.audio_tokens in range(26, 32)  # 2.8 s
    (call,) = emulator.meter.calls
    assert (call.tokens_in, call.tokens_out) == (heard.usage.input_tokens, heard.usage.output_tokens)
    assert call.body["prompt"] == "Тихий час"


async def test_whisper_is_billed_by_whole_seconds(
    client: AsyncOpenAI, emulator: OpenAIEmulator, http: httpx.AsyncClient
) -> None:
    emulator.transcripts.add(SAMPLE, TEXT)
    for _ in range(2):
        await client.audio.transcriptions.create(model="whisper-1", file=("v.mp3", AGAIN))
    with pytest.raises(BadRequestError):
        await client.audio.transcriptions.create(model="whisper-1", file=("v.txt", AGAIN))
    meter = (await http.get("/admin/meter")).json()
    assert (meter["requests"], meter["audio_seconds"]) == (2, 6)
    assert [call["audio_seconds"] for call in meter["by_request"]] == [3, 3]


async def test_gpt_knows_no_segments(client: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError, match="response_format"):
        await client.audio.transcriptions.create(
            model="gpt-4o-transcribe", file=("v.mp3", AGAIN), response_format="verbose_json"
        )
    with pytest.raises(BadRequestError, match="include"):
        await client.audio.transcriptions.create(model="whisper-1", file=("v.mp3", AGAIN), include=["logprobs"])


async def test_silence_is_answered_as_whisper_does(client: AsyncOpenAI) -> None:
    silence = encoded(pause(2.0), SHAPES["ogg"])
    heard = await client.audio.transcriptions.create(
        model="whisper-1", file=("v.ogg", silence), response_format="verbose_json"
    )
    assert heard.segments is not None
    assert heard.segments[0].no_speech_prob > 0.9
    assert heard.text
    with pytest.raises(BadRequestError) as refusal:
        await client.audio.transcriptions.create(model="whisper-1", file=("v.wav", encoded(pause(0.05), SHAPES["wav"])))
    assert refusal.value.code == "audio_too_short"
