"""Words that nobody said. Whisper learnt from subtitles: on silence and music it writes their credits and farewells, or
turns in circles (https://arxiv.org/abs/2402.08021 and openai/whisper discussion 679)."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from services.transcription.invented_phrases import always_invented, may_be_invented
from services.transcription.ports import HeardSegment
from services.transcription.repetition import repeated_often, without_loops

_SURELY_SILENT = 0.6
_FAILED_LOGPROB = -1.0
"""Both as openai/whisper has them by default: no_speech_threshold, logprob_threshold."""
_ALMOST_SURELY_SILENT = 0.85
_POOR_LOGPROB = -0.6
_DOUBTFUL_SILENCE = 0.4
_FAILED_COMPRESSION = 2.4
"""compression_ratio_threshold of openai/whisper: a text that packs better repeats itself."""
_SLOWEST_LETTERS_PER_SECOND = 1.5
"""Of a farewell that seems to last for half a minute: nobody speaks so slowly."""
_LOOP_SEGMENTS = 3


def without_inventions(segments: Sequence[HeardSegment]) -> tuple[HeardSegment, ...]:
    believed = [segment for segment in segments if segment.text.strip() and not _is_invented(segment)]
    once = _said_once(believed)
    straight = [replace(segment, text=without_loops(segment.text.strip())) for segment in once]
    return tuple(straight)


def _is_invented(segment: HeardSegment) -> bool:
    text = segment.text.strip()
    return (
        always_invented(text)
        or _on_silence(segment)
        or (may_be_invented(text) and _is_doubtful(segment))
        or (_packs_too_well(segment) and _is_poor(segment) and repeated_often(text))
    )


def _on_silence(segment: HeardSegment) -> bool:
    silence, sureness = segment.no_speech_prob, segment.avg_logprob
    if silence is None or sureness is None:
        return False
    return (silence > _SURELY_SILENT and sureness < _FAILED_LOGPROB) or (
        silence > _ALMOST_SURELY_SILENT and sureness < _POOR_LOGPROB
    )


def _is_doubtful(segment: HeardSegment) -> bool:
    letters = sum(char.isalpha() for char in segment.text)
    seconds = (segment.end_ms - segment.start_ms) / 1000
    drawn_out = seconds > 3 and letters / seconds < _SLOWEST_LETTERS_PER_SECOND
    return drawn_out or _is_poor(segment) or (segment.no_speech_prob or 0.0) > _DOUBTFUL_SILENCE


def _is_poor(segment: HeardSegment) -> bool:
    return segment.avg_logprob is not None and segment.avg_logprob < _POOR_LOGPROB


def _packs_too_well(segment: HeardSegment) -> bool:
    return (segment.compression_ratio or 0.0) > _FAILED_COMPRESSION


def _said_once(segments: Sequence[HeardSegment]) -> list[HeardSegment]:
    """Three times the same phrase in a row, and more, is a loop: its first round stays."""
    kept: list[HeardSegment] = []
    for _, same in groupby(segments, _key):
        run = list(same)
        kept += run[:1] if len(run) >= _LOOP_SEGMENTS else run
    return kept


def _key(segment: HeardSegment) -> str:
    return "".join(char for char in segment.text.casefold() if char.isalnum())
