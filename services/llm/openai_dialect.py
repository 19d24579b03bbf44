"""What each model was found to refuse: compatible providers agree on the core of chat completions, not on its options.

Nothing is guessed from names. A request goes out with everything; a 400 or 422 that names an option takes that option
away (or renames it) for this model for good: one extra round trip for each option that a model refuses, once a process.
Seen in the wild: reasoning models want `max_completion_tokens` and refuse `temperature`; LM Studio knows `json_schema`
but not `json_object`, DeepSeek the other way round; Mistral refuses `stream_options` and `seed`.
"""

import re
from typing import Any

import openai

from services.calling.openai_errors import error_text, is_about_context
from services.llm.ports import ChatRequest

_OPTIONS = (
    "stream_options",
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "stop",
)
_PLAIN_WORDS = frozenset({"seed", "stop", "temperature"})
_FORMATS = ("json_schema", "json_object", "text")
_SAMPLING = frozenset({"temperature", "top_p", "seed", "stop", "max_tokens"})


class Dialect:
    """Of one model."""

    def __init__(self) -> None:
        self._dropped: set[str] = set()
        self._format = _FORMATS[0]
        self._limit_name = "max_tokens"

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """Keyword arguments of `chat.completions.create`."""
        options = request.parameters.as_dict() | {"stream_options": {"include_usage": True}}
        if "max_tokens" in options:
            options[self._limit_name] = options.pop("max_tokens")
        if request.json_schema is not None and self._format != "text":
            options["response_format"] = self._response_format(request)
        kept = {name: value for name, value in options.items() if name not in self._dropped}
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        return {"model": request.model, "messages": messages, "stream": True, **kept}

    def not_sent(self) -> tuple[str, ...]:
        """Sampling parameters that never reach this model."""
        gone = {"max_tokens" if name == "max_completion_tokens" else name for name in self._dropped}
        return tuple(sorted(gone & _SAMPLING))

    def learn(self, error: openai.APIStatusError, sent: dict[str, Any]) -> bool:
        """True when the error names an option of `sent` that is left out or renamed from now on: worth asking again."""
        if error.status_code not in (400, 422) or is_about_context(error.body):
            return False
        option = refused_option(error.param, error_text(error.body) + " " + error.message, sent)
        if option is None:
            return False
        if option == "response_format":
            refused = _FORMATS.index(sent[option]["type"])
            self._format = _FORMATS[max(refused + 1, _FORMATS.index(self._format))]
        elif option == "max_tokens" and "max_completion_tokens" in error.message:
            self._limit_name = "max_completion_tokens"
        else:
            self._dropped.add(option)
        return True

    def _response_format(self, request: ChatRequest) -> dict[str, Any]:
        if self._format == "json_object":
            return {"type": "json_object"}
        schema = {"name": request.schema_name, "strict": True, "schema": request.json_schema}
        return {"type": "json_schema", "json_schema": schema}


def refused_option(param: object, text: str, sent: dict[str, Any]) -> str | None:
    """The option of `sent` that an error is about: by its `param` field, else by its name in the text.

    Options that are also plain words must stand in quotes, in brackets or after "parameter".
    """
    present = [name for name in _OPTIONS if name in sent]
    root = re.split(r"[.\[]", param)[0] if isinstance(param, str) else ""
    if root in present:
        return root
    for name in present:
        pattern = (
            rf"(?:['\"`]|(?:parameter|argument|field|property)s?:? ){name}\b"
            if name in _PLAIN_WORDS
            else rf"\b{name}\b"
        )
        if re.search(pattern, text):
            return name
    if "response_format" in present and re.search(r"json_schema|json_object|structured output|guided", text):
        return "response_format"
    return None
