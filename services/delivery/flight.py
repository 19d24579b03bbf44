"""What one process has claimed and not settled yet."""

from collections.abc import Callable, Iterable, Sequence

from services.domain.delivery import Delivery


class Flight:
    """Knows who still waits for a slot. Rows that wait longer than `slow_after` seconds wait for their own chat (a
    penalty, a full minute of a group): they must not keep the others from flying, so they do not count."""

    def __init__(self, ahead: int, most: int, monotonic: Callable[[], float], slow_after: float = 3.0) -> None:
        """`ahead`: rows that may wait for a slot here; `most`: rows in all."""
        self._ahead = ahead
        self._most = most
        self._monotonic = monotonic
        self._slow_after = slow_after
        self._claimed_at: dict[tuple[int, int], float] = {}
        self._waiting: set[tuple[int, int]] = set()

    @property
    def claims(self) -> Sequence[tuple[int, int]]:
        """(delivery id, attempt)"""
        return list(self._claimed_at)

    def __len__(self) -> int:
        return len(self._claimed_at)

    def room(self) -> int:
        """How many more may be claimed now."""
        since = self._monotonic() - self._slow_after
        waiting = sum(self._claimed_at[claim] > since for claim in self._waiting)
        return max(0, min(self._ahead - waiting, self._most - len(self._claimed_at)))

    def board(self, page: Iterable[Delivery]) -> None:
        now = self._monotonic()
        for delivery in page:
            self._claimed_at[claim_of(delivery)] = now
            self._waiting.add(claim_of(delivery))

    def leave(self, delivery: Delivery) -> None:
        self._waiting.discard(claim_of(delivery))

    def land(self, delivery: Delivery) -> None:
        self._waiting.discard(claim_of(delivery))
        self._claimed_at.pop(claim_of(delivery), None)


def claim_of(delivery: Delivery) -> tuple[int, int]:
    return delivery.id, delivery.attempts
