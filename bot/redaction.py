"""Takes secrets and people's words out of what is about to be logged."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

MASK = "[hidden]"
SHORTEST_SECRET = 6
"""Shorter values are no secrets worth the name, and masking them would eat ordinary words."""

PATTERNS = (
    re.compile(r"\b\d{5,16}(?::|%3A)[A-Za-z0-9_-]{30,}"),  # Telegram bot token
    re.compile(r"(?<=/bot)\d+(?::|%3A)[A-Za-z0-9_-]+"),  # the same, of any length, in a Bot API address
    re.compile(r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|xox[abprs])[-_][A-Za-z0-9_-]{16,}"),  # API keys of common providers
    re.compile(r"(?<=Bearer )[^\s\"',]+", re.IGNORECASE),
    re.compile(r"(?<=://)(?:[^\s/@:\"']*):[^\s/@\"']+(?=@)"),  # user:password@host
)

# Their messages are written by programs about programs. Any other exception may quote what a person wrote (a value
# that failed validation, a statement with its parameters, a provider's answer).
SAFE_EXCEPTIONS = (OSError, ImportError, AttributeError, TypeError, NameError, NotImplementedError, MemoryError)
SAFE_MODULES = ("services.domain.", "bot.", "redis.exceptions.", "aiohttp.client_exceptions.")
SAFE_TELEGRAM = frozenset(  # Bad Request is not here: it quotes the markup that it could not parse
    f"Telegram{name}" for name in ("NetworkError", "ForbiddenError", "RetryAfter", "UnauthorizedError", "ConflictError")
)


class Redactor:
    """Replaces known secrets in every form they travel in, and whatever looks like a token or a key."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {
            form
            for secret in secrets
            if len(secret) >= SHORTEST_SECRET
            for form in (secret, quote(secret, safe=""), quote(secret), unquote(secret), json.dumps(secret)[1:-1])
        }
        # Longest first: a secret that begins like another must not be left half visible.
        self._known = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, MASK)
        for pattern in PATTERNS:
            text = pattern.sub(MASK, text)
        return text


def is_safe_to_quote(error: BaseException) -> bool:
    """May the message of this exception be logged?"""
    if isinstance(error, SAFE_EXCEPTIONS):
        return True
    kind = type(error)
    if kind.__module__ == "aiogram.exceptions":
        return kind.__name__ in SAFE_TELEGRAM
    return f"{kind.__module__}.".startswith(SAFE_MODULES)


def without_messages(text: str) -> str:
    """`text` with the tracebacks that a library printed into it reduced to places: their last lines quote values."""
    before, traceback, rest = text.partition("Traceback (most recent call last):")
    if not traceback:
        return text
    places = [line for line in rest.splitlines() if line.startswith('  File "')]
    return "\n".join((before.rstrip() + " (messages withheld)", *places))


def describe(error: BaseException) -> str:
    """`ValueError (message withheld)`, `ConnectionRefusedError: …`: one line for a log."""
    name = type(error).__name__
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        name = f"{name} {status}"
    text = str(error)
    if not text:
        return name
    return f"{name}: {text}" if is_safe_to_quote(error) else f"{name} (message withheld)"
