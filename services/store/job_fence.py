"""Fencing for jobs: what a job writes is refused once another process has taken its lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from services.store.ports import Transaction


class JobOvertaken(Exception):
    """Another process does this job now: what was under way here is not written. No person hears of it."""


@dataclass(frozen=True, slots=True)
class Fence:
    name: str
    token: int


_FENCE: ContextVar[Fence | None] = ContextVar("job fence", default=None)


@contextmanager
def fenced(fence: Fence) -> Iterator[None]:
    """Writes inside the block, and in tasks it starts, are this job's."""
    reset = _FENCE.set(fence)
    try:
        yield
    finally:
        _FENCE.reset(reset)


async def check_fence(tx: Transaction) -> None:
    """In the transaction that writes. Raises JobOvertaken; outside of any job it checks nothing."""
    fence = _FENCE.get()
    if fence is not None and not await tx.job_leases.holds(fence.name, fence.token):
        raise JobOvertaken(fence.name)


def fence_token() -> int | None:
    """Of the job that this code works for; None outside of any."""
    fence = _FENCE.get()
    return None if fence is None else fence.token
