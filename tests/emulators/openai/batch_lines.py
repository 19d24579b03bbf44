"""Lines of a batch's file: checked as OpenAI checks them, and answered.

Source: platform.openai.com/docs/guides/batch.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tests.emulators.openai import strictness, tokens, wire
from tests.emulators.openai.chat import ChatBody
from tests.emulators.openai.completion import complete
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError

MOST_LINES = 50_000
_FIELDS = frozenset({"custom_id", "method", "url", "body"})


@dataclass(frozen=True, slots=True)
class BatchRequest:
    custom_id: str
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))


class BadFile(Exception):
    """What the batch's `errors` say."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.as_json = {"code": code, "message": message, "line": line, "param": None}


def read_requests(content: bytes, endpoint: str) -> list[BatchRequest]:
    """Raises BadFile at the first thing that is wrong."""
    found: dict[str, BatchRequest] = {}
    lines = content.decode("utf-8").split("\n")
    for number, raw in enumerate(lines, 1):
        if raw == "" and number == len(lines):
            break
        request = _read(raw, number, endpoint)
        if request.custom_id in found:
            raise BadFile("duplicate_custom_id", f"The custom_id '{request.custom_id}' is used twice.", number)
        if found and request.model != next(iter(found.values())).model:
            raise BadFile("mismatched_model", "The file names more than one model.", number)
        found[request.custom_id] = request
    if not found:
        raise BadFile("empty_file", "The input file is empty.")
    if len(found) > MOST_LINES:
        raise BadFile("too_many_tasks", f"A batch may have {MOST_LINES} requests.")
    return list(found.values())


def _read(raw: str, number: int, endpoint: str) -> BatchRequest:
    try:
        line = json.loads(raw)
    except ValueError:
        raise BadFile("invalid_json_line", "This line is not parseable as valid JSON.", number) from None
    if not isinstance(line, dict) or set(line) != _FIELDS:
        raise BadFile("invalid_request", f"Expected exactly {sorted(_FIELDS)}.", number)
    if not isinstance(line["custom_id"], str) or not line["custom_id"]:
        raise BadFile("missing_required_parameter", "custom_id must be a string.", number)
    if line["method"] != "POST":
        raise BadFile("invalid_method", "Only POST is supported.", number)
    if line["url"] != endpoint:
        raise BadFile("mismatched_endpoint", f"The url must be '{endpoint}'.", number)
    if not isinstance(line["body"], dict) or not line["body"].get("model"):
        raise BadFile("missing_required_parameter", "body.model is required.", number)
    if line["body"].get("stream"):
        raise BadFile("invalid_request", "Streaming is not supported in batches.", number)
    return BatchRequest(line["custom_id"], line["body"])


def answered(emulator: OpenAIEmulator, request: BatchRequest, number: int) -> dict[str, Any]:
    """A line of the output file, or of the error file; the meter counts the call."""
    call = emulator.meter.open("batch", request.model, time.monotonic(), request.body)
    call.request_id = request.custom_id
    try:
        body = ChatBody.model_validate(request.body)
        call.tokens_in = tokens.count_messages(body.model, body.messages)
        strictness.check_chat(body, call.tokens_in, emulator.settings.context_window)
        _check_options(emulator.settings.refused_options, request.body)
    except (ValidationError, ApiError) as error:
        call.end("refused")
        refused = error if isinstance(error, ApiError) else ApiError(400, "Invalid request.", code="invalid_request")
        return _line(request, number, refused.status, refused.body())
    said = emulator.cast.say(
        emulator.settings.personality_of(body.model), body.messages, body.response_format, body.seed
    )
    completion = complete(body.model, said, body.stops, body.limit)
    call.tokens_out = len(completion.token_ids)
    call.end("finished" if completion.finish_reason == "stop" else "length")
    envelope = wire.Envelope(f"chatcmpl-{call.id}", body.model, int(time.time()))
    counts = call.tokens_in, call.tokens_out
    return _line(request, number, 200, envelope.completion(completion.text, completion.finish_reason, *counts))


def _check_options(refused: Sequence[str], body: dict[str, Any]) -> None:
    """Raises ApiError."""
    for option in refused:
        if option in body:
            message = f"Unsupported value: '{option}' does not support {body[option]} with this model."
            raise ApiError(400, message, code="unsupported_value", param=option)


def not_asked(request: BatchRequest, number: int, code: str) -> dict[str, Any]:
    error = {"code": code, "message": "This request could not be executed before the batch ended."}
    return {"id": f"batch_req_{number:06d}", "custom_id": request.custom_id, "response": None, "error": error}


def _line(request: BatchRequest, number: int, status: int, body: dict[str, Any]) -> dict[str, Any]:
    response = {"status_code": status, "request_id": f"req_{number:06d}", "body": body}
    return {"id": f"batch_req_{number:06d}", "custom_id": request.custom_id, "response": response, "error": None}
