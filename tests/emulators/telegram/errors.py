"""Refusals of the Bot API, worded as the real server words them.

Texts: tdlib/telegram-bot-api and tdlib/td sources, and answers seen from the production server.
"""

import math


class ApiError(Exception):
    """An answer with ok=false."""

    def __init__(
        self,
        code: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to_chat_id is not None:
            body["parameters"] = {"migrate_to_chat_id": self.migrate_to_chat_id}
        return body


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


def unparsable_entities(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def too_many_requests(seconds: float) -> ApiError:
    retry_after = max(1, math.ceil(seconds))
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def not_emulated(what: str) -> ApiError:
    """The real server can do this and the emulator cannot; never mistaken for a refusal of Telegram's."""
    return ApiError(501, f"Not Implemented: {what} is not emulated")
