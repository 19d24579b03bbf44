"""Night runs, as the use cases see them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, TypedDict, Unpack

from services.domain.batch import (
    Batch,
    BatchLine,
    BatchState,
    CancelReason,
    LineCounts,
    LinePrompt,
    LineState,
    NewBatch,
)
from services.domain.chat import ChatAddress
from services.domain.idea import Draft


class BatchChanges(TypedDict, total=False):
    """What may change; what is not named stays."""

    prepared: int
    provider: str | None
    model: str | None
    likely_microusd: int
    most_microusd: int
    now_microusd: int
    budget_day: date
    file_id: str | None
    provider_id: str | None
    done: int
    cancel_reason: CancelReason
    error_code: str | None
    submitted_at: datetime


class Batches(Protocol):
    async def add(self, new: NewBatch) -> tuple[Batch, bool]:
        """RECEIVED, version 1. (the known one, False) when this message has been stored before."""
        ...

    async def get(self, batch_id: int) -> Batch | None: ...
    async def lock(self, batch_id: int) -> Batch | None:
        """`get`; nobody else changes it until this transaction ends."""
        ...

    async def at_work(self) -> Sequence[Batch]:
        """Oldest first."""
        ...

    async def advance(
        self, batch_id: int, to: BatchState, *, expected_version: int | None = None, **changes: Unpack[BatchChanges]
    ) -> Batch | None:
        """One guarded statement: only along TRANSITIONS, and only from `expected_version` if it is given; version + 1.
        None: the world had changed before. OVER states get their `finished_at`."""
        ...

    async def change(self, batch_id: int, **changes: Unpack[BatchChanges]) -> Batch | None:
        """In its state, unless it is over; version + 1, so that it is drawn anew. None: it is over."""
        ...

    async def place(self, batch_id: int, screen: ChatAddress) -> Batch | None:
        """Its message on the screen, once: None, it has another already."""
        ...

    async def unprepared(self, batch_id: int, limit: int) -> Sequence[BatchLine]:
        """WAITING without a prompt, in order."""
        ...

    async def prepare(self, batch_id: int, number: int, prompt: LinePrompt) -> bool:
        """False: it has one, or it is not waiting any more."""
        ...

    async def ask_again(self, batch_id: int, key: str, without: str) -> Batch | None:
        """SUBMITTED to CONFIRMED, under another key: the requests of lines that wait lose this option of their bodies.
        None: the world had changed before, or no request has it."""
        ...

    async def lines(self, batch_id: int) -> Sequence[BatchLine]:
        """In order."""
        ...

    async def end_line(
        self,
        batch_id: int,
        number: int,
        to: LineState,
        *,
        draft: Draft | None = None,
        error_code: str | None = None,
    ) -> BatchLine | None:
        """As it was, now ended. None: it was not waiting any more. Only once, so that it is paid for once."""
        ...

    async def note_call(self, batch_id: int, number: int, call_id: int) -> None:
        """Its row in the ledger."""
        ...

    async def end_rest(self, batch_id: int, to: LineState) -> int:
        """All that still wait. Returns the sum of what they might have cost, in millionths of a dollar."""
        ...

    async def sums(self, batch_id: int) -> tuple[int, int, int]:
        """Of the lines that wait: likely and most at the batch price, likely at once."""
        ...

    async def counts(self, batch_id: int) -> LineCounts: ...
    async def forget_prompts(self, batch_id: int) -> None:
        """What was sent is not needed any more."""
        ...
