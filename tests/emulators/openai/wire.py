"""Bodies and server-sent events of chat completions."""

import json
from dataclasses import dataclass
from typing import Any

DONE = b"data: [DONE]\n\n"


def event(body: dict[str, Any]) -> bytes:
    """Characters are sent as they are, not as \\u escapes: so does OpenAI, and so a chunk can split one."""
    return b"data: " + json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def usage(tokens_in: int, tokens_out: int, tokens_cached: int = 0) -> dict[str, Any]:
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": tokens_cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every body of one answer repeats."""

    id: str
    model: str
    created: int
    with_usage: bool = False
    tokens_cached: int = 0
    """Of the prompt: the provider had read them before."""

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        body = self._body("chat.completion.chunk", [choice])
        if self.with_usage:
            body["usage"] = None
        return body

    def usage_chunk(self, tokens_in: int, tokens_out: int) -> dict[str, Any]:
        return self._body("chat.completion.chunk", []) | {"usage": usage(tokens_in, tokens_out, self.tokens_cached)}

    def completion(self, text: str, finish_reason: str, tokens_in: int, tokens_out: int) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
        return self._body("chat.completion", [choice]) | {"usage": usage(tokens_in, tokens_out, self.tokens_cached)}

    def _body(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": "fp_demo_writer",
            "choices": choices,
        }
