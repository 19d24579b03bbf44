"""POST /v1/audio/transcriptions."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import PlainTextResponse

from tests.emulators.openai import transcription_bodies as bodies
from tests.emulators.openai.answers import answer
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError
from tests.emulators.openai.meter import Call
from tests.emulators.openai.transcripts import Hearing

# developers.openai.com/api/docs/guides/speech-to-text: "File uploads are currently limited to 25 MB".
MAX_BYTES = 25 * 1024 * 1024
EXTENSIONS = frozenset({"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "oga", "ogg", "wav", "webm"})
SHORTEST_SECONDS = 0.1

Format = Literal["json", "text", "srt", "verbose_json", "vtt"]


def audio_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/audio/transcriptions")
    async def transcribe(
        request: Request,
        file: Annotated[UploadFile, File()],
        model: Annotated[str, Form()],
        response_format: Annotated[Format, Form()] = "json",
        language: Annotated[str | None, Form()] = None,
        prompt: Annotated[str, Form()] = "",
        include: Annotated[list[str] | None, Form(alias="include[]")] = None,
    ) -> Response:
        recording = await file.read()
        name = file.filename or "audio"
        asked = {"filename": name, "bytes": len(recording), "response_format": response_format, "language": language}
        asked |= {"prompt": prompt, "include": include or []}
        with emulator.call(request, "transcriptions", model, asked) as call:
            fault = await emulator.admit(request, call)
            _check(recording, name)
            _check_form(model, response_format, include or [])
            hearing = await asyncio.to_thread(emulator.transcripts.hear, recording, name)
            if hearing.seconds < SHORTEST_SECONDS:
                raise _too_short()
            body = _body(call, hearing, response_format, language, include or [])
            if response_format in ("text", "srt", "vtt"):
                call.end("finished")
                return PlainTextResponse(bodies.subtitles(body, response_format))
            return await answer(emulator, request, call, fault, body)

    return router


def _body(call: Call, hearing: Hearing, form: Format, language: str | None, include: list[str]) -> dict[str, Any]:
    """Writes into the call what is billed."""
    if not bodies.has_no_segments(call.model):
        body = bodies.verbose(hearing, language)
        call.audio_seconds = body["usage"]["seconds"]
        return {"text": body["text"], "usage": body["usage"]} if form == "json" else body
    usage = bodies.token_usage(hearing, call.model, call.body["prompt"])
    call.tokens_in, call.tokens_out = usage["input_tokens"], usage["output_tokens"]
    call.audio_seconds = hearing.seconds
    body = {"text": hearing.text, "usage": usage}
    return body | {"logprobs": bodies.logprobs(hearing, call.model)} if "logprobs" in include else body


def _check(recording: bytes, name: str) -> None:
    """Raises ApiError."""
    if name.rpartition(".")[2].lower() not in EXTENSIONS:
        raise ApiError(400, f"Invalid file format. Supported formats: {sorted(EXTENSIONS)}", param="file")
    if not recording:
        raise _too_short()
    if len(recording) > MAX_BYTES:
        raise ApiError(413, f"Maximum content size limit ({MAX_BYTES}) exceeded.")


def _check_form(model: str, form: Format, include: list[str]) -> None:
    """Raises ApiError."""
    if bodies.has_no_segments(model) and form not in ("json", "text"):
        message = f"response_format '{form}' is not compatible with model '{model}'. Use 'json' or 'text' instead."
        raise ApiError(400, message, code="unsupported_value", param="response_format")
    if include and not (bodies.has_no_segments(model) and form == "json"):
        raise ApiError(400, f"'include' is not supported with model '{model}'.", param="include")


def _too_short() -> ApiError:
    message = f"Audio file is too short. Minimum audio length is {SHORTEST_SECONDS} seconds."
    return ApiError(400, message, code="audio_too_short", param="file")
