"""What a person who waits for their turn is told."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.domain.fairness import Waiting, in_turn

UNKNOWN_SECONDS = 20.0
"""What an attempt takes, before any has ended."""


@dataclass(frozen=True, slots=True)
class QueuePlace:
    ahead: int
    """Attempts that are begun before this one; of the person's own alone when `own_running` holds it back."""
    seconds: int
    """Until it begins, roughly: ten at least, in tens up to a minute, in minutes above."""
    own_running: int = 0
    """Attempts of this person that are being written, when those are as many as they may be; else 0."""


def places_in_queue(
    waiting: Sequence[Waiting], running: Mapping[int, int], at_once: int, usual_seconds: float | None
) -> dict[int, QueuePlace]:
    """By attempt, soonest first. `running`: attempts under way by member."""
    takes, slots = usual_seconds or UNKNOWN_SECONDS, max(1, sum(running.values()))
    own_ahead: Counter[int] = Counter()
    places: dict[int, QueuePlace] = {}
    for ahead, one in enumerate(in_turn(waiting)):
        own = own_ahead[one.member_id]
        own_ahead[one.member_id] += 1
        rounds_of_all, rounds_of_own = ahead // slots + 1, own // at_once + 1
        if running.get(one.member_id, 0) >= at_once:
            seconds = max(rounds_of_own, rounds_of_all if ahead >= slots else 0) * takes
            places[one.id] = QueuePlace(own, rounded(seconds), running[one.member_id])
        else:
            places[one.id] = QueuePlace(ahead, rounded(rounds_of_all * takes))
    return places


def rounded(seconds: float) -> int:
    """A guess is told as one."""
    step = 10 if seconds <= 55 else 60
    return max(10, math.ceil(seconds / step) * step)
