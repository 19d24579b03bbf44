"""Where OpenAI refuses a chat request that is well-formed. Source: developers.openai.com/api/docs, chat completions
and structured outputs ("Supported schemas")."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.emulators.openai.errors import ApiError

if TYPE_CHECKING:
    from tests.emulators.openai.chat import ChatBody

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
MAX_STOP_SEQUENCES = 4


def check_chat(body: "ChatBody", prompt_tokens: int, context_window: int) -> None:
    """Raises ApiError 400."""
    for at, said in enumerate(body.messages):
        if said.get("role") not in ROLES:
            raise ApiError(400, f"Invalid value: '{said.get('role')}'.", param=f"messages[{at}].role")
        if said["role"] != "assistant" and said.get("content") is None:
            raise ApiError(400, "Invalid value for 'content': expected a string, got null.", param=f"messages[{at}]")
    if len(body.stops) > MAX_STOP_SEQUENCES:
        raise ApiError(400, f"Invalid 'stop': at most {MAX_STOP_SEQUENCES} sequences.", param="stop")
    if body.stream_options and not body.stream:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise ApiError(400, message, param="stream_options")
    _check_format(body)
    asked = prompt_tokens + (body.limit or 0)
    if asked > context_window:
        message = (
            f"This model's maximum context length is {context_window} tokens. However, you requested {asked} tokens."
        )
        raise ApiError(400, message, code="context_length_exceeded", param="messages")


def _check_format(body: "ChatBody") -> None:
    kind = (body.response_format or {"type": "text"}).get("type")
    if kind not in ("text", "json_object", "json_schema"):
        raise ApiError(400, f"Invalid value: '{kind}'.", param="response_format.type")
    if kind == "json_object" and "json" not in json.dumps(body.messages, ensure_ascii=False).lower():
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        )
        raise ApiError(400, message, param="messages")
    if kind == "json_schema":
        given = (body.response_format or {}).get("json_schema") or {}
        if not given.get("name") or not isinstance(given.get("schema"), dict):
            message = "Missing required parameter: 'response_format.json_schema'."
            raise ApiError(400, message, param="response_format.json_schema")
        if given.get("strict"):
            _check_strict_schema(given["name"], given["schema"])


def _check_strict_schema(name: str, schema: dict[str, Any]) -> None:
    for node in _objects(schema):
        properties = set(node.get("properties", {}))
        if node.get("additionalProperties") is not False:
            reason = "'additionalProperties' is required to be supplied and to be false."
        elif properties != set(node.get("required", [])):
            reason = "'required' is required to be supplied and to be an array including every key in properties."
        else:
            continue
        message = f"Invalid schema for response_format '{name}': {reason}"
        raise ApiError(400, message, param="response_format")


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _objects(item)
    elif isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from _objects(value)
