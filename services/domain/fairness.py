"""Whose turn it is when more attempts wait than can be written at once.

Chats take turns, and within a chat its people do; a person's own requests go oldest first. A chat's place is that of
its last turn or, when it came back later than that, of its oldest waiting request: so it waits for at most one request
of each chat that waits with it, however many those have, and time spent in silence earns nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one person, administrators included."""

    a_minute: int
    """Requests that begin in any sixty seconds."""
    at_once: int
    """Attempts of theirs that are written at the same time; more of them wait."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued attempt."""

    id: int
    chat_id: int
    member_id: int
    since: datetime
    chat_had_turn: datetime | None = None
    """When an attempt of this chat was last begun; may be left out when that was before anything waiting came."""
    member_had_turn: datetime | None = None
    """The same of this person in this chat."""


def in_turn(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The order in which they are begun if nothing else comes and nobody is at their limit."""
    chats: dict[int, list[Waiting]] = defaultdict(list)
    for one in waiting:
        chats[one.chat_id].append(one)
    return _interleaved(
        [
            (_place(requests, [one.chat_had_turn for one in requests]), _by_member(requests))
            for requests in chats.values()
        ]
    )


def _by_member(requests: Sequence[Waiting]) -> list[Waiting]:
    people: dict[int, list[Waiting]] = defaultdict(list)
    for one in requests:
        people[one.member_id].append(one)
    return _interleaved(
        [
            (_place(own, [one.member_had_turn for one in own]), sorted(own, key=lambda one: (one.since, one.id)))
            for own in people.values()
        ]
    )


def _place(requests: Sequence[Waiting], turns: Sequence[datetime | None]) -> tuple[datetime, int]:
    oldest = min(one.since for one in requests)
    return max([oldest, *(turn for turn in turns if turn is not None)]), min(one.id for one in requests)


def _interleaved(lanes: Sequence[tuple[tuple[datetime, int], list[Waiting]]]) -> list[Waiting]:
    """One of each lane a round, lanes in the order of their places."""
    ordered = [requests for _, requests in sorted(lanes, key=lambda lane: lane[0])]
    longest = max((len(requests) for requests in ordered), default=0)
    return [requests[turn] for turn in range(longest) for requests in ordered if turn < len(requests)]
