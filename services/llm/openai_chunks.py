"""Chunks of a streamed completion, as compatible providers really send them: with fields missing or misplaced."""

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk

from services.domain.usage import Usage
from services.llm.openai_errors import from_error_event


class ChunkReader:
    """What the chunks of one answer add up to."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.has_begun = False

    @property
    def is_complete(self) -> bool:
        return self.finish_reason is not None

    def read(self, chunk: ChatCompletionChunk) -> str:
        """The text of a chunk, usually a token or two. Raises the ModelError that an error event stands for."""
        if getattr(chunk, "object", None) == "error":  # vLLM: the error itself in place of a chunk
            raise from_error_event(chunk.model_dump())
        if getattr(chunk, "usage", None):
            self.usage = _usage(chunk.usage)
        choices = getattr(chunk, "choices", None) or ()
        return self._read_choice(choices[0]) if choices else ""

    def _read_choice(self, choice: object) -> str:
        delta = getattr(choice, "delta", None)
        # A refusal is words for the person too: it is no JSON, so it will be shown as it is.
        text = getattr(delta, "content", None) or getattr(delta, "refusal", None) or ""
        if text or getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None):
            self.has_begun = True
        reason = getattr(choice, "finish_reason", None)
        if reason == "error":  # OpenRouter: the model behind it failed
            raise from_error_event({"code": "server_error"})
        self.finish_reason = reason or self.finish_reason
        return str(text)


def _usage(usage: CompletionUsage | None) -> Usage:
    tokens_in = getattr(usage, "prompt_tokens", None) or 0
    cached = getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", None) or 0
    return Usage(tokens_in, min(cached, tokens_in), getattr(usage, "completion_tokens", None) or 0)
