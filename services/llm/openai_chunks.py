"""Chunks of a streamed completion, as compatible providers really send them: with fields missing or misplaced."""

from typing import Any

from services.calling.openai_errors import from_error_event
from services.domain.usage import Usage


class ChunkReader:
    """What the chunks of one answer add up to."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.has_begun = False

    @property
    def is_complete(self) -> bool:
        return self.finish_reason is not None

    def read(self, chunk: object) -> str:
        """The text of a chunk, usually a token or two. Raises the ModelError that an error event stands for."""
        fields = _mapping(chunk)
        if fields.get("object") == "error":  # vLLM: the error itself in place of a chunk
            raise from_error_event(fields)
        if counts := _mapping(fields.get("usage")):
            self.usage = _usage(counts)
        choices = fields.get("choices")
        return self._read_choice(_mapping(choices[0])) if isinstance(choices, list) and choices else ""

    def _read_choice(self, choice: dict[str, Any]) -> str:
        delta = _mapping(choice.get("delta"))
        # A refusal is words for the person too: it is no JSON, so it will be shown as it is.
        text = delta.get("content") or delta.get("refusal") or ""
        if text or delta.get("reasoning_content") or delta.get("reasoning"):
            self.has_begun = True
        reason = choice.get("finish_reason")
        if reason == "error":  # OpenRouter: the model behind it failed
            raise from_error_event({"code": "server_error"})
        self.finish_reason = reason or self.finish_reason
        return text if isinstance(text, str) else ""


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _usage(counts: dict[str, Any]) -> Usage:
    tokens_in = int(counts.get("prompt_tokens") or 0)
    told_in, told_out = _mapping(counts.get("prompt_tokens_details")), _mapping(counts.get("completion_tokens_details"))
    return Usage(
        tokens_in,
        min(int(told_in.get("cached_tokens") or 0), tokens_in),
        int(counts.get("completion_tokens") or 0),
        tokens_audio=int(told_in.get("audio_tokens") or 0),
        tokens_audio_out=int(told_out.get("audio_tokens") or 0),
    )
