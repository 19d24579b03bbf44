"""How long the passages of a document are."""

from collections.abc import Mapping
from dataclasses import dataclass

_CUTTER = 1
"""Raised when the same rules begin to cut in other places: documents are cut anew then."""
OLD_CUT = "whole"
"""Documents from before their rules were noted: cut as by the usual rules."""


@dataclass(frozen=True, slots=True)
class ChunkRules:
    """Tokens as `estimate_tokens` counts them."""

    target_tokens: int = 500
    """A section that has to be cut is cut into pieces of about this."""
    limit_tokens: int = 1000
    """What fits is left whole."""
    overlap_percent: int = 12
    """Share of a piece that the next one repeats, where a section had to be cut."""

    def __post_init__(self) -> None:
        if not (0 < self.target_tokens <= self.limit_tokens and 0 <= self.overlap_percent <= 50):
            raise ValueError("0 < target <= limit, and at most half of a piece is repeated")

    @property
    def signature(self) -> str:
        """Stored with each document that was cut by them."""
        return f"{_CUTTER}:{self.target_tokens}:{self.limit_tokens}:{self.overlap_percent}"


USUAL = ChunkRules()
EVERY_TYPE = ""
"""The key of a project's rule for all documents without one of their own."""


def rules_for(rules: Mapping[str, ChunkRules], type_: str, format_: str) -> ChunkRules:
    """`rules`: of the project, by type. What a document is says more than the format in which it came."""
    return rules.get(type_) or rules.get(format_) or rules.get(EVERY_TYPE) or USUAL


def is_cut_by(chunking: str, rules: ChunkRules) -> bool:
    return chunking == rules.signature or (chunking == OLD_CUT and rules == USUAL)
