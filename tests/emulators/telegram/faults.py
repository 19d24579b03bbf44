"""Trouble on demand: which calls fail, how, and how often."""

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal[
    "too_many_requests",  # 429 with retry_after, nothing applied
    "server_error",  # 500 "Internal Server Error: restart", nothing applied
    "bad_gateway",  # 502 with an HTML body, as a proxy answers
    "delay",  # applied and answered, `seconds` later
    "dropped",  # connection cut before anything is applied
    "lost_answer",  # applied, then the connection is cut: the caller cannot know
]


@dataclass(slots=True)
class Fault:
    """One rule. It strikes at most `times` calls (None: without end), each with `probability`, after `skip` matches."""

    kind: FaultKind
    method: str = "*"
    times: int | None = 1
    probability: float = 1.0
    skip: int = 0
    chat_id: int | None = None
    retry_after: int | tuple[int, int] = 1
    """Seconds, or the range of which each refusal draws its own."""
    seconds: float = 0.0

    def matches(self, method: str, chat_id: int | None) -> bool:
        if self.times is not None and self.times <= 0:
            return False
        if self.chat_id is not None and self.chat_id != chat_id:
            return False
        return fnmatchcase(method.lower(), self.method.lower())


class FaultPlan:
    """Faults in order of addition; the first that strikes wins. The same seed gives the same strikes."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def penalty(self, fault: Fault) -> int:
        if isinstance(fault.retry_after, int):
            return fault.retry_after
        return self._random.randint(*fault.retry_after)

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        for fault in self._faults:
            if not fault.matches(method, chat_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.probability < 1.0 and self._random.random() >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None
