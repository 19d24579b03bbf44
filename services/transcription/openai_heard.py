"""A transcription's JSON as what was heard; fields that a compatible server leaves out are unknown."""

import math
from statistics import fmean
from typing import Any

from services.domain.usage import Usage
from services.transcription.language_names import language_code
from services.transcription.ports import Heard, HeardSegment


def is_transcription(told: object) -> bool:
    return isinstance(told, dict) and isinstance(told.get("text"), str)


def read_heard(told: dict[str, Any]) -> Heard:
    segments = told.get("segments")
    logprobs = told.get("logprobs")
    return Heard(
        text=str(told["text"]).strip(),
        language=language_code(_first(told.get("languages")) or told.get("language")),
        segments=tuple(map(_segment, filter(_is_segment, segments))) if isinstance(segments, list) else (),
        usage=_usage(told),
        avg_logprob=_mean(logprobs) if isinstance(logprobs, list) else None,
    )


def _usage(told: dict[str, Any]) -> Usage | None:
    usage = told.get("usage")
    if isinstance(usage, dict) and usage.get("type") == "tokens":
        details = usage.get("input_token_details")
        audio = _number(details.get("audio_tokens")) if isinstance(details, dict) else None
        tokens_in = round(_number(usage.get("input_tokens")) or 0)
        return Usage(
            tokens_in=tokens_in,
            tokens_out=round(_number(usage.get("output_tokens")) or 0),
            # All of it is sound where the parts are not told: the dearer reading.
            tokens_audio=tokens_in if audio is None else round(audio),
        )
    seconds = _number(usage.get("seconds")) if isinstance(usage, dict) else None
    if seconds is None:
        seconds = _number(told.get("duration"))
    return None if seconds is None else Usage(audio_ms=round(seconds * 1000))


def _is_segment(part: object) -> bool:
    return isinstance(part, dict) and isinstance(part.get("text"), str)


def _segment(part: dict[str, Any]) -> HeardSegment:
    start = _number(part.get("start")) or 0.0
    return HeardSegment(
        round(start * 1000),
        round((_number(part.get("end")) or start) * 1000),
        part["text"].strip(),
        avg_logprob=_number(part.get("avg_logprob")),
        no_speech_prob=_number(part.get("no_speech_prob")),
        compression_ratio=_number(part.get("compression_ratio")),
    )


def _mean(logprobs: list[Any]) -> float | None:
    known = [_number(token.get("logprob")) for token in logprobs if isinstance(token, dict)]
    told = [value for value in known if value is not None]
    return fmean(told) if told else None


def _first(languages: object) -> object:
    found = languages[0] if isinstance(languages, list) and languages else None
    return found.get("code") if isinstance(found, dict) else found


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None  # Python's JSON knows NaN
