"""POST /v1/audio/speech (https://platform.openai.com/docs/api-reference/audio/createSpeech).

Stricter than OpenAI in one thing: `instructions` for a model that does not take them are refused, not passed over.
"""

import asyncio
import base64
import io
import json
import math
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.emulators.openai import tokens
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError, ConnectionCut
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.humming import RATE, as_wav, hum
from tests.emulators.openai.meter import Call

OLDER_VOICES = frozenset({"alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer"})
VOICES = OLDER_VOICES | {"ballad", "cedar", "marin", "verse"}
OLDER_MODELS = frozenset({"tts-1", "tts-1-hd"})
MODELS = OLDER_MODELS | {"gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15"}
TOKENS_PER_SECOND = 1250 / 60
"""platform.openai.com/docs/pricing: $12 a million, $0.015 a minute."""
PART_BYTES = 24_000
CODECS = {"mp3": ("libmp3lame", "mp3"), "opus": ("libopus", "ogg"), "aac": ("aac", "adts"), "flac": ("flac", "flac")}
MEDIA_TYPES = {"mp3": "audio/mpeg", "opus": "audio/opus", "aac": "audio/aac", "flac": "audio/flac"} | {
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


class SpeechBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str = Field(min_length=1)
    input: Annotated[str, Field(min_length=1, max_length=4096)]
    voice: str
    instructions: str | None = Field(default=None, max_length=4096)
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0
    stream_format: Literal["sse", "audio"] = "audio"


def speech_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/audio/speech")
    async def speak(body: SpeechBody, request: Request) -> Response:
        with emulator.call(request, "speech", body.model, body.model_dump(exclude_none=True)) as call:
            fault = await emulator.admit(request, call)
            _check(body)
            samples = hum(body.input, body.voice)
            call.characters = len(body.input)
            if body.model not in OLDER_MODELS:
                call.tokens_in = tokens.count("gpt-4o", body.input + (body.instructions or ""))
                call.tokens_out = math.ceil(len(samples) / 2 / RATE * TOKENS_PER_SECOND)
            sound = await asyncio.to_thread(encoded, samples, body.response_format)
            return await _answer(emulator, request, call, fault, body, sound)

    return router


def encoded(samples: bytes, form: str) -> bytes:
    """16-bit mono samples in the form that was asked for."""
    if form in ("wav", "pcm"):
        return as_wav(samples) if form == "wav" else samples
    import av

    codec, container = CODECS[form]
    written = io.BytesIO()
    with av.open(io.BytesIO(as_wav(samples)), "r") as source, av.open(written, "w", format=container) as target:
        stream: Any = target.add_stream(codec, rate=RATE)
        stream.layout = "mono"
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return written.getvalue()


def _check(body: SpeechBody) -> None:
    """Raises ApiError."""
    if body.model not in MODELS:
        message = f"The model `{body.model}` does not exist or you do not have access to it."
        raise ApiError(404, message, code="model_not_found", param="model")
    older = body.model in OLDER_MODELS
    known = OLDER_VOICES if older else VOICES
    if body.voice not in known:
        raise ApiError(400, f"Input should be one of {sorted(known)}: 'voice'.", param="voice", code="invalid_value")
    if older and body.instructions:
        raise ApiError(400, "This model does not take 'instructions'.", param="instructions")
    if older and body.stream_format == "sse":
        raise ApiError(400, "This model does not support 'sse': 'stream_format'.", param="stream_format")


async def _answer(
    emulator: OpenAIEmulator, request: Request, call: Call, fault: Fault | None, body: SpeechBody, sound: bytes
) -> Response:
    kind = fault.kind if fault else None
    if kind is FaultKind.STALL:
        await emulator.hang(request, call)
    if body.stream_format == "sse":
        return StreamingResponse(_events(call, kind, sound), media_type="text/event-stream")
    if kind is FaultKind.ERROR_EVENT:
        raise ApiError(500, "The server had an error while processing your request.", type_="server_error")
    cut = kind in (FaultKind.CUT, FaultKind.EOF)
    call.end("cut" if cut else "finished")
    media_type = MEDIA_TYPES[body.response_format]
    if not cut:
        return Response(sound, media_type=media_type)
    return StreamingResponse(_half(sound), media_type=media_type, headers={"Content-Length": str(len(sound))})


async def _events(call: Call, kind: FaultKind | None, sound: bytes) -> AsyncGenerator[bytes]:
    size = min(PART_BYTES, len(sound) // 4 + 1)
    for start in range(0, len(sound), size):
        if start and kind is FaultKind.ERROR_EVENT:
            call.end("finished")
            yield _event({"error": {"message": "The server had an error.", "type": "server_error", "code": None}})
            return
        if kind in (FaultKind.CUT, FaultKind.EOF) and start >= len(sound) // 2:
            call.end("cut")
            if kind is FaultKind.CUT:
                raise ConnectionCut
            return
        part = base64.b64encode(sound[start : start + size]).decode()
        yield _event({"type": "speech.audio.delta", "audio": part})
    counts = {"input_tokens": call.tokens_in, "output_tokens": call.tokens_out}
    usage = {"usage": counts | {"total_tokens": sum(counts.values())}} if kind is not FaultKind.NO_USAGE else {}
    call.end("finished")
    yield _event({"type": "speech.audio.done", **usage})


async def _half(sound: bytes) -> AsyncGenerator[bytes]:
    yield sound[: len(sound) // 2]
    raise ConnectionCut


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"
