"""What the openai client and the providers behind it say when something fails, as our errors.

Details name status and code, never the provider's sentence: it may quote the key ("Incorrect API key provided: sk-…")
or the prompt. For the same reason the vendor's exception is not chained.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai

from services.domain.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    StreamIncomplete,
)

_CONTEXT = re.compile(
    r"context_length_exceeded|maximum context|max_model_len|context (?:length|window|size)|prompt is too long"
    r"|too many (?:input )?tokens|reduce the length",
    re.IGNORECASE,
)
_CUT = "complete message body"
"""As h11 says it (https://h11.readthedocs.io: RemoteProtocolError at the end of the connection)."""
_SAFE_CODE = re.compile(r"[\w.\-]{1,60}")
_NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_OPERATOR_MUST_ACT = _NO_MONEY | {
    "invalid_request_error",
    "authentication_error",
    "invalid_api_key",
    "permission_error",
    "not_found_error",
    "model_not_found",
    "content_filter",
}
_BUSY = frozenset({"rate_limit_exceeded", "rate_limit_error", "overloaded_error", "too_many_requests"})
_RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})


def as_model_error(error: Exception) -> ModelError:
    """For any exception of the client, and for errors inside a stream that had begun with status 200."""
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeout("the connection timed out")
    if isinstance(error, openai.APIConnectionError):
        if _CUT in str(error.__cause__):  # the provider had begun to answer: it did the work, and bills it
            return StreamIncomplete("the answer was cut")
        return ModelUnavailable(f"no connection ({type(error.__cause__).__name__})")
    if isinstance(error, openai.APIStatusError):
        return _from_status(error)
    if isinstance(error, openai.APIError):
        return from_error_event(error.body)
    return ModelUnavailable(f"unreadable answer ({type(error).__name__})")


def from_error_event(body: object) -> ModelError:
    """`body`: the error object of an event in the stream (its `code` may be a word or an HTTP status)."""
    fields = body if isinstance(body, dict) else {}
    words = {str(fields.get(name, "")).lower() for name in ("code", "type", "status")}
    status = next((int(word) for word in words if word.isdigit()), 0)
    detail = f"error in the stream: {_safe(fields.get('code'))} {_safe(fields.get('type'))}"
    if is_about_context(body):
        return ContextTooLong(detail)
    if words & _BUSY or status == 429:
        return ModelBusy(detail) if not words & _NO_MONEY else ModelRefused(detail)
    if words & _OPERATOR_MUST_ACT or (400 <= status < 500 and status not in _RETRYABLE_STATUSES):
        return ModelRefused(detail)
    return ModelUnavailable(detail)


def is_about_context(body: object) -> bool:
    return bool(_CONTEXT.search(error_text(body)))


def error_text(body: object) -> str:
    """Everything a provider wrote into an error body, for looking up words in; never for a log."""
    return body if isinstance(body, str) else repr(body)


def _from_status(error: openai.APIStatusError) -> ModelError:
    status = error.status_code
    detail = f"HTTP {status} {_safe(error.code)} {_safe(error.type)}".strip()
    if status == 413 or (400 <= status < 500 and status != 429 and is_about_context(error.body)):
        return ContextTooLong(detail)
    if status == 429 and error.code not in _NO_MONEY and error.type not in _NO_MONEY:
        return ModelBusy(detail, retry_after=retry_after_seconds(error.response.headers))
    if status >= 500 or (status in _RETRYABLE_STATUSES and status != 429):
        return ModelUnavailable(detail, retry_after=retry_after_seconds(error.response.headers))
    return ModelRefused(detail)


def retry_after_seconds(headers: Any) -> float | None:
    """Seconds from `retry-after-ms` (milliseconds) or `retry-after` (seconds or an HTTP date, RFC 9110 §10.2.3)."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < 86_400 else None


def _safe(value: object) -> str:
    text = str(value) if value is not None else ""
    return text if _SAFE_CODE.fullmatch(text) and not text.lower().startswith("sk-") else ""
