"""Troubles on demand: which request meets which."""

import random
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter


class FaultKind(StrEnum):
    RATE_LIMIT = "rate_limit"
    """429 with Retry-After."""
    SERVER_ERROR = "server_error"
    """500."""
    UNAVAILABLE = "unavailable"
    """503."""
    DELAY = "delay"
    """`seconds` before anything is sent."""
    CUT = "cut"
    """The socket is closed after `after_tokens`."""
    EOF = "eof"
    """The body ends properly after `after_tokens`, without finish_reason and without [DONE]."""
    ERROR_EVENT = "error_event"
    """An error object inside a stream that began with 200."""
    BAD_JSON = "bad_json"
    """One event that is not JSON."""
    SPLIT_UTF8 = "split_utf8"
    """Network chunks end in the middle of a character."""
    DUPLICATE_CHUNK = "duplicate_chunk"
    """One event arrives twice."""
    STALL = "stall"
    """Nothing more after `after_tokens`; the connection stays open."""
    NO_USAGE = "no_usage"
    """The usage that was asked for never comes."""


BEFORE_ANSWER = frozenset({FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.UNAVAILABLE, FaultKind.DELAY})


@dataclass(slots=True)
class Fault:
    kind: FaultKind
    count: int | None = 1
    """How many requests meet it; None: all."""
    probability: float = 1.0
    model_prefix: str = ""
    endpoint: str = ""
    """chat, embeddings, transcriptions, speech, images, moderations; empty: any."""
    after_tokens: int = 8
    seconds: float = 1.0
    """Of the delay, or of Retry-After."""


class FaultPlan:
    """Faults in the order in which they were added: the first that matches strikes, one a request."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._faults: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        self._faults.extend(faults)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, endpoint: str, model: str) -> Fault | None:
        for fault in self._faults:
            if fault.endpoint not in ("", endpoint) or not model.startswith(fault.model_prefix):
                continue
            if fault.count == 0 or self._random.random() >= fault.probability:
                continue
            if fault.count is not None:
                fault.count -= 1
            return fault
        return None

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]


FAULT_ADAPTER = TypeAdapter(Fault)
