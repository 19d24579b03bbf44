"""What one person may ask for, and whose attempt is begun next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.domain.fairness import Waiting
from services.domain.generation import Generation


class Admissions(Protocol):
    async def admit(self, member_id: int, now: datetime, a_minute: int) -> datetime | None:
        """None: one more request of this person is let in, and counted when the transaction commits. Else the moment
        from which it would be. Requests that come together are let in one by one, whichever processes they come to."""
        ...


class GenerationQueue(Protocol):
    """Attempts that wait for their turn, in the order of `services.domain.fairness`."""

    async def has_room(self, member_id: int, at_once: int) -> bool:
        """Fewer of this person's attempts are being written. It stays so until the transaction ends."""
        ...

    async def claim(self, generation_id: int, owner: str, until: datetime, now: datetime) -> Generation | None:
        """This one, out of turn; else as `Generations.claim`."""
        ...

    async def claim_next(self, owner: str, until: datetime, now: datetime, at_once: int) -> Generation | None:
        """The attempt whose turn it is, claimed as by `Generations.claim`: one whose owner is gone first, it has had
        its turn; then queued ones, but for those of people who have `at_once` being written. None: there is none."""
        ...

    async def waiting(self, limit: int = 1000) -> Sequence[Waiting]:
        """Queued attempts, oldest first."""
        ...

    async def running(self) -> dict[int, int]:
        """Attempts that are being written, by the id of whoever asked for them."""
        ...

    async def usual_seconds(self, sample: int = 20) -> float | None:
        """What the last attempts took from their beginning to their end, at the median; None: nothing is known yet."""
        ...
