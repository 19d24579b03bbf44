"""What a transcription looks like: verbose JSON with segments, plain JSON with tokens and logprobs, subtitles.

Forms: https://developers.openai.com/api/docs/api-reference/audio. Seconds are billed for whisper-1, tokens for
gpt-4o-transcribe and its kin.
"""

import math
from typing import Any

from tests.emulators.openai import tokens
from tests.emulators.openai.said import Said
from tests.emulators.openai.stems import is_russian
from tests.emulators.openai.transcripts import Hearing

AUDIO_TOKENS_PER_SECOND = 10
"""platform.openai.com/docs/guides/realtime-costs: a token for 100 ms of a user's sound."""
SURE, UNSURE = -0.2, -0.75
"""avg_logprob of words that were said, and of words that were made up on silence."""


def has_no_segments(model: str) -> bool:
    return model.startswith("gpt-") and "transcribe" in model


def verbose(hearing: Hearing, language: str | None) -> dict[str, Any]:
    return {
        "task": "transcribe",
        "language": language or ("russian" if is_russian(hearing.text) else "english"),
        "duration": round(hearing.seconds, 2),
        "text": hearing.text,
        "segments": [_segment(at, said, hearing.invented) for at, said in enumerate(hearing.sentences)],
        "usage": duration_usage(hearing),
    }


def duration_usage(hearing: Hearing) -> dict[str, Any]:
    return {"type": "duration", "seconds": max(round(hearing.seconds), 1)}


def token_usage(hearing: Hearing, model: str, prompt: str) -> dict[str, Any]:
    audio = max(math.ceil(hearing.seconds * AUDIO_TOKENS_PER_SECOND), 1)
    text = tokens.count(model, prompt)
    written = tokens.count(model, hearing.text)
    return {
        "type": "tokens",
        "input_tokens": audio + text,
        "input_token_details": {"audio_tokens": audio, "text_tokens": text},
        "output_tokens": written,
        "total_tokens": audio + text + written,
    }


def logprobs(hearing: Hearing, model: str) -> list[dict[str, Any]]:
    told = UNSURE if hearing.invented else SURE
    encoding = tokens.encoding_of(model)
    pieces = [encoding.decode_bytes([token]) for token in encoding.encode_ordinary(hearing.text)]
    return [{"token": piece.decode("utf-8", "replace"), "logprob": told, "bytes": list(piece)} for piece in pieces]


def _segment(index: int, said: Said, invented: bool) -> dict[str, Any]:
    return {
        "id": index,
        "seek": 0,
        "start": round(said.start, 2),
        "end": round(said.end, 2),
        "text": f" {said.text}",
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": UNSURE if invented else SURE,
        "compression_ratio": 0.9 if invented else 1.3,
        "no_speech_prob": 0.93 if invented else 0.01,
    }


def subtitles(body: dict[str, Any], kind: str) -> str:
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
