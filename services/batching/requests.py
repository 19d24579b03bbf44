"""Requests and answers of a batch as lines of JSON. Source: https://platform.openai.com/docs/guides/batch."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.domain.prompt import RenderedPrompt
from services.domain.usage import Usage

ENDPOINT: Final = "/v1/chat/completions"
EXPIRED = "batch_expired"
CANCELLED = "batch_cancelled"
_OPTIONS = ("temperature", "top_p", "stop", "seed", "response_format")
"""What a request can do without. Reasoning models refuse the first two."""


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one request."""

    custom_id: str
    text: str = ""
    usage: Usage | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    """The provider's word; None: there is an answer."""
    refused_option: str | None = None
    """Of the body: this model does not take it."""

    @property
    def was_asked(self) -> bool:
        """False: the batch ended before its turn came."""
        return self.error_code not in (EXPIRED, CANCELLED)


def chat_body(prompt: RenderedPrompt, model: str, json_schema: Mapping[str, Any]) -> dict[str, Any]:
    """As a live request, whole instead of streamed. The limit goes by the name that all models of today take
    (https://platform.openai.com/docs/api-reference/chat/create): nobody is there to ask again under another one."""
    options = prompt.parameters.as_dict()
    limit = options.pop("max_tokens", None)
    schema = {"name": "answer", "strict": True, "schema": dict(json_schema)}
    return {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
        "response_format": {"type": "json_schema", "json_schema": schema},
        **options,
        **({"max_completion_tokens": limit} if limit is not None else {}),
    }


def as_jsonl(bodies: Iterable[tuple[str, Mapping[str, Any]]]) -> bytes:
    """Of custom ids and bodies."""
    lines = (
        {"custom_id": custom_id, "method": "POST", "url": ENDPOINT, "body": dict(body)} for custom_id, body in bodies
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def read_answers(content: bytes) -> Sequence[LineAnswer]:
    """Lines that are none of ours, or no JSON, are passed over: whoever is not answered is told so."""
    answers = []
    for raw in content.decode("utf-8", "replace").split("\n"):
        line = _object(raw)
        custom_id = line.get("custom_id")
        if isinstance(custom_id, str):
            answers.append(_answer(custom_id, line))
    return answers


def _answer(custom_id: str, line: dict[str, Any]) -> LineAnswer:
    error = line.get("error")
    if isinstance(error, dict):
        return LineAnswer(custom_id, error_code=str(error.get("code") or "refused"))
    response = _part(line.get("response"))
    body = _part(response.get("body"))
    if response.get("status_code") != 200:
        refusal = _part(body.get("error"))
        code = refusal.get("code") or f"http_{response.get('status_code')}"
        return LineAnswer(custom_id, error_code=str(code), refused_option=_refused_option(refusal))
    choices = body.get("choices")
    choice = _part(choices[0]) if isinstance(choices, list) and choices else {}
    text, reason = _part(choice.get("message")).get("content"), choice.get("finish_reason")
    usage = _usage(_part(body.get("usage")))
    return LineAnswer(custom_id, text if isinstance(text, str) else "", usage, reason)


def _refused_option(refusal: dict[str, Any]) -> str | None:
    param = refusal.get("param")
    return next((name for name in _OPTIONS if isinstance(param, str) and re.split(r"[.\[]", param)[0] == name), None)


def refused_by_all(answers: Sequence[LineAnswer]) -> str | None:
    """The option that no request was answered for, if it is one and the same."""
    options = {answer.refused_option for answer in answers}
    return options.pop() if len(options) == 1 else None


def _usage(counts: dict[str, Any]) -> Usage | None:
    """None: the provider did not say."""
    if not counts:
        return None
    cached = _part(counts.get("prompt_tokens_details")).get("cached_tokens") or 0
    return Usage(int(counts.get("prompt_tokens") or 0), int(cached), int(counts.get("completion_tokens") or 0))


def _object(raw: str) -> dict[str, Any]:
    try:
        return _part(json.loads(raw)) if raw.strip() else {}
    except ValueError:
        return {}


def _part(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
