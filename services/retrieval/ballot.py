"""What one leg of a search says."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.retrieval.ports import Scored

KEYWORD, DENSE = "keyword", "dense"


@dataclass(frozen=True, slots=True)
class Ballot:
    leg: str
    found: Sequence[Scored] = ()
    """Best first."""
    bottom: float = 0.0
    """See `Vote`."""
    problem: str | None = None
    failed: bool = False
    """True: the leg broke; False with a problem: it was not meant to vote."""
    query: str = ""
    """What was asked."""
    weight: float = 1.0
    """Of its vote, times that of its leg."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for, as the legs need it."""

    project_id: int
    query: str
    depth: int
    """How many passages each leg should find."""
    within: frozenset[int] | None = None
    """Ids of the documents that count; None: all."""
    in_all_languages: bool = True
    """False: the other language is looked at only where there is nothing in the query's own."""


def bottom(found: Sequence[Scored], depth: int) -> float:
    return found[-1].score if len(found) >= depth else 0.0


def document_of(passage_id: str) -> int:
    """A passage's id is `document:version:position`."""
    return int(passage_id.partition(":")[0])
