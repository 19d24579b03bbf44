"""From an HTTP request to a validated method: query, JSON, form and multipart, as the Bot API takes them."""

import json
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin
from urllib.parse import parse_qsl

from aiogram import types
from aiogram.methods import TelegramMethod
from aiogram.types import TelegramObject
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.emulators.telegram.errors import ApiError, bad_request
from tests.emulators.telegram.files import Upload

Parameters = dict[str, Any]
MARKUPS: dict[str, type[TelegramObject]] = {
    "inline_keyboard": types.InlineKeyboardMarkup,
    "keyboard": types.ReplyKeyboardMarkup,
    "remove_keyboard": types.ReplyKeyboardRemove,
    "force_reply": types.ForceReply,
}
PLAIN_TYPES = (str, int, float, bool)
# Refusals for parameters that are missing altogether, in the server's words.
MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "user_id": "invalid user_id specified",
    "from_chat_id": "chat_id is empty",
}


async def read_parameters(request: Request) -> Parameters:
    """Parameters as sent; a file part becomes an Upload."""
    parameters: Parameters = dict(request.query_params)
    if request.method == "GET":
        return parameters
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        parameters |= _json_object(await request.body())
    elif content_type.startswith("multipart/form-data"):
        parameters |= await _multipart(request)
    else:
        body = (await request.body()).decode("utf-8", errors="replace")
        parameters |= dict(parse_qsl(body, keep_blank_values=True))
    return parameters


def build_call(model: type[TelegramMethod[Any]], parameters: Parameters) -> TelegramMethod[Any]:
    """Validates by aiogram's own model of the method. Raises ApiError 400."""
    uploads = {name: value for name, value in parameters.items() if isinstance(value, Upload)}
    structured = _structured_fields(model)
    values: Parameters = {}
    for name, sent in parameters.items():
        written = isinstance(sent, str) and name in structured and not _is_attachment(sent)
        value = _decoded(name, sent) if written else sent
        values[name] = _attached(value, uploads) if uploads else value
    if isinstance(values.get("reply_markup"), dict):
        values["reply_markup"] = _markup(values["reply_markup"])
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _refusal(error) from error


def chat_id_of(parameters: Parameters) -> int | None:
    """The chat that limits and the journal count the call for; None when there is none or it goes by name."""
    value = parameters.get("chat_id")
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.removeprefix("-").isdecimal() else None


@lru_cache(maxsize=256)
def _structured_fields(model: type[TelegramMethod[Any]]) -> frozenset[str]:
    """Fields that a form carries as JSON: everything but text, numbers, flags and files."""
    return frozenset(
        name
        for name, info in model.model_fields.items()
        if not any(kind in PLAIN_TYPES for kind in _alternatives(info.annotation))
    )


def _alternatives(annotation: object) -> list[object]:
    origin = get_origin(annotation)
    if origin is Union or origin is UnionType:
        return [part for argument in get_args(annotation) for part in _alternatives(argument)]
    return [annotation]


def _json_object(body: bytes) -> Parameters:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("can't parse JSON object")
    return {name: item for name, item in value.items() if item is not None}


async def _multipart(request: Request) -> Parameters:
    parameters: Parameters = {}
    async with request.form(max_part_size=64 * 1024 * 1024) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                parameters[name] = Upload(await value.read(), value.filename or name, value.content_type)
            else:
                parameters[name] = value
    return parameters


def _decoded(name: str, value: str) -> object:
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        what = "reply keyboard markup" if name == "reply_markup" else name
        raise bad_request(f"can't parse {what} JSON object") from error


def _markup(value: Parameters) -> TelegramObject:
    """The kind of keyboard is known by its own field: aiogram's union would take a broken one for another kind."""
    kind = next((model for name, model in MARKUPS.items() if name in value), None)
    if kind is None:
        raise bad_request("object expected as reply markup")
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        what = "inline keyboard button" if kind is types.InlineKeyboardMarkup else "reply keyboard markup JSON object"
        raise bad_request(f"can't parse {what}: {error.errors()[0]['msg']}") from error


def _is_attachment(value: str) -> bool:
    return value.startswith("attach://")


def _attached(value: object, uploads: dict[str, Upload]) -> object:
    """Puts uploads in the place of their attach:// links, however deep."""
    if isinstance(value, str) and _is_attachment(value):
        return uploads.get(value.removeprefix("attach://"), value)
    if isinstance(value, list):
        return [_attached(item, uploads) for item in value]
    if isinstance(value, dict):
        return {name: _attached(item, uploads) for name, item in value.items()}
    return value


def _refusal(error: ValidationError) -> ApiError:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "missing" and len(first["loc"]) == 1:
        return bad_request(MISSING.get(name, f'parameter "{name}" is required'))
    return bad_request(f'invalid parameter "{name}": {first["msg"]}')
