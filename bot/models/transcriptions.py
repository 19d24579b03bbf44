"""POST /v1/audio/transcriptions: https://platform.openai.com/docs/api-reference/audio/createTranscription"""

import asyncio
import math
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from bot.models.connection import ClientGone, while_connected
from bot.models.refusal import Refusal
from bot.models.upload import read_upload
from services.domain.errors import AudioTooLong, AudioUnreadable, ModelBusy, ModelError, ModelRefused, MuzaError
from services.transcription.whisper_listener import RequestRefused, WhisperListener
from services.transcription.whisper_wire import Wanted

_FORMS = ("json", "verbose_json", "text")
_SEGMENT = (
    "id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob",
)  # fmt: skip
_STOPPING_RETRY_SECONDS = 5
_CLIENT_CLOSED = 499
"""Nobody reads it; nginx's own code for the log."""


def build_transcription_router(listeners: Mapping[str, WhisperListener]) -> APIRouter:
    """`listeners` by their models' names; the first answers a request that names none."""
    router = APIRouter()

    @router.post("/v1/audio/transcriptions")
    async def transcriptions(request: Request) -> Response:
        upload = await read_upload(request)
        form = _form(upload.fields)
        listener = _listener(listeners, upload.fields.get("model"))
        try:
            heard = await while_connected(request, listener.listen(upload.file, _wanted(upload.fields)))
        except ClientGone:
            return Response(status_code=_CLIENT_CLOSED)
        except asyncio.CancelledError:  # the server's: it ends, and who is told so need not guess
            return Refusal(503, "the server is being stopped", "stopping", _STOPPING_RETRY_SECONDS).response()
        except MuzaError as error:
            raise _refusal(error) from error
        return _answer(heard, form)

    return router


def transcription_card(listener: WhisperListener) -> dict[str, Any]:
    """As in GET /v1/models. "resting": not in memory, loaded by the next request."""
    card = {"id": listener.name, "object": "model", "created": 0, "owned_by": "muza"}
    return card | {"status": listener.status, "reason": listener.reason, "task": "transcription"}


def _listener(listeners: Mapping[str, WhisperListener], model: str | None) -> WhisperListener:
    listener = listeners.get(model) if model else next(iter(listeners.values()))
    if listener is None:
        raise Refusal(404, "this model is not served here", "model_not_found")
    return listener


def _form(fields: Mapping[str, str]) -> str:
    form = fields.get("response_format") or "json"
    if form not in _FORMS:
        raise Refusal(400, f"response_format may be {', '.join(_FORMS)}", "invalid_input")
    return form


def _wanted(fields: Mapping[str, str]) -> Wanted:
    try:
        temperature = float(fields.get("temperature") or 0.0)
    except ValueError:
        temperature = math.nan
    if not 0.0 <= temperature <= 1.0:
        raise Refusal(400, "temperature is a number between 0 and 1", "invalid_input")
    return Wanted(fields.get("language") or None, fields.get("prompt", ""), temperature)


def _refusal(error: MuzaError) -> Refusal:
    if isinstance(error, AudioTooLong):
        return Refusal(400, str(error), "audio_too_long")
    if isinstance(error, AudioUnreadable):
        return Refusal(400, str(error), "audio_unreadable")
    if isinstance(error, RequestRefused):
        return Refusal(400, str(error), "invalid_input")
    if isinstance(error, ModelRefused):
        return Refusal(503, str(error), "model_failed")
    if isinstance(error, ModelBusy):
        return Refusal(503, str(error), "busy", math.ceil(error.retry_after or 1.0))
    assert isinstance(error, ModelError)  # noqa: S101 - `listen` raises nothing else
    return Refusal(500, str(error), "model_error")


def _answer(heard: Mapping[str, Any], form: str) -> Response:
    if form == "text":
        return PlainTextResponse(f"{heard['text']}\n")
    usage = {"type": "duration", "seconds": math.ceil(heard["duration"])}
    if form == "json":
        return JSONResponse({"text": heard["text"], "usage": usage})
    segments = [{key: segment[key] for key in _SEGMENT} for segment in heard["segments"]]
    told = {"task": "transcribe", "language": heard["language_name"], "duration": heard["duration"]}
    return JSONResponse({**told, "text": heard["text"], "segments": segments, "usage": usage})
