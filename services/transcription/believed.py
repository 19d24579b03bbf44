"""What a model says it heard, as a transcript: without what it invented, with times and confidence."""

import math
import re

from services.domain.language import detect_language
from services.domain.transcript import Segment, Transcript
from services.transcription.hallucinations import without_inventions
from services.transcription.ports import Heard, HeardSegment

_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+")


def believed(heard: Heard, duration_ms: int) -> Transcript:
    """An empty text: nobody speaks in it."""
    kept = without_inventions(heard.segments or _by_sentences(heard, duration_ms))
    segments = tuple(_segment(part, duration_ms) for part in kept)
    text = " ".join(segment.text for segment in segments)
    if not text:
        return Transcript("", heard.language)
    # The two languages of the product differ by script; models that tell no language are asked in no other one.
    language = heard.language or detect_language(text).value
    return Transcript(text, language, segments, _mean_confidence(segments))


def _by_sentences(heard: Heard, duration_ms: int) -> tuple[HeardSegment, ...]:
    """Of a model that tells no times: each sentence lasts as long as its share of the letters."""
    sentences = [part for part in _SENTENCE_ENDS.split(heard.text.strip()) if part]
    letters = sum(map(len, sentences)) or 1
    parts, done = [], 0
    for sentence in sentences:
        start, done = done, done + len(sentence)
        times = (duration_ms * start // letters, duration_ms * done // letters)
        parts.append(HeardSegment(*times, sentence, avg_logprob=heard.avg_logprob))
    return tuple(parts)


def _segment(part: HeardSegment, duration_ms: int) -> Segment:
    """Whisper's windows last 30 s: the last phrase of a shorter piece may seem to end after it."""
    start = min(max(part.start_ms, 0), duration_ms)
    end = min(max(part.end_ms, start), duration_ms)
    confidence = None if part.avg_logprob is None else math.exp(min(part.avg_logprob, 0.0))
    return Segment(start, end, part.text.strip(), confidence)


def _mean_confidence(segments: tuple[Segment, ...]) -> float | None:
    told = [(segment.confidence, max(segment.end_ms - segment.start_ms, 1)) for segment in segments]
    known = [(confidence, length) for confidence, length in told if confidence is not None]
    whole = sum(length for _, length in known)
    return sum(confidence * length for confidence, length in known) / whole if whole else None
