"""POST /v1/audio/transcriptions."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import PlainTextResponse

from tests.emulators.openai.answers import answer
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError
from tests.emulators.openai.stems import is_russian
from tests.emulators.openai.transcripts import duration_seconds

# developers.openai.com/api/docs/guides/speech-to-text: "File uploads are currently limited to 25 MB".
MAX_BYTES = 25 * 1024 * 1024
EXTENSIONS = frozenset({"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "oga", "ogg", "wav", "webm"})

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
    ) -> Response:
        recording = await file.read()
        name = file.filename or "audio"
        asked = {"filename": name, "bytes": len(recording), "response_format": response_format, "language": language}
        with emulator.call(request, "transcriptions", model, asked) as call:
            fault = await emulator.admit(request, call)
            _check(recording, name)
            text = emulator.transcripts.text_of(recording, name)
            body = _verbose(text, duration_seconds(recording, text), language)
            if response_format in ("text", "srt", "vtt"):
                call.end("finished")
                return PlainTextResponse(_subtitles(body, response_format))
            shown = body if response_format == "verbose_json" else {"text": text, "usage": body["usage"]}
            return await answer(emulator, request, call, fault, shown)

    return router


def _check(recording: bytes, name: str) -> None:
    """Raises ApiError."""
    if name.rpartition(".")[2].lower() not in EXTENSIONS:
        raise ApiError(400, f"Invalid file format. Supported formats: {sorted(EXTENSIONS)}", param="file")
    if not recording:
        raise ApiError(400, "Audio file is too short. Minimum audio length is 0.1 seconds.", code="audio_too_short")
    if len(recording) > MAX_BYTES:
        raise ApiError(413, f"Maximum content size limit ({MAX_BYTES}) exceeded.")


def _verbose(text: str, seconds: float, language: str | None) -> dict[str, Any]:
    """Sentences become segments; each lasts as long as its share of the letters."""
    sentences = [part for part in re.split(r"(?<=[.!?…])\s+", text) if part] or [text]
    letters = sum(len(part) for part in sentences) or 1
    segments, start = [], 0.0
    for at, part in enumerate(sentences):
        end = start + seconds * len(part) / letters
        segments.append(_segment(at, part, start, end))
        start = end
    return {
        "task": "transcribe",
        "language": language or ("russian" if is_russian(text) else "english"),
        "duration": round(seconds, 2),
        "text": text,
        "segments": segments,
        "usage": {"type": "duration", "seconds": max(round(seconds), 1)},
    }


def _segment(index: int, text: str, start: float, end: float) -> dict[str, Any]:
    return {
        "id": index,
        "seek": 0,
        "start": round(start, 2),
        "end": round(end, 2),
        "text": f" {text}",
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": -0.2,
        "compression_ratio": 1.3,
        "no_speech_prob": 0.01,
    }


def _subtitles(body: dict[str, Any], kind: str) -> str:
    if kind == "text":
        return f"{body['text']}\n"
    comma = "," if kind == "srt" else "."
    blocks = [
        f"{segment['id'] + 1}\n{_clock(segment['start'], comma)} --> {_clock(segment['end'], comma)}\n"
        f"{segment['text'].strip()}\n"
        for segment in body["segments"]
    ]
    return "\n".join(["WEBVTT\n", *blocks] if kind == "vtt" else blocks)


def _clock(seconds: float, comma: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{comma}{rest % 1000:03}"
