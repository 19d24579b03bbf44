"""How many tokens a provider can make of what is sent: no more than this is reserved, and no more can be billed."""

import re
from collections.abc import Sequence

_COUNTED_AS_THERE = re.compile(r"(?:.*/)?(?:gpt-|chatgpt-|o\d)", re.IGNORECASE)
"""Families whose encodings are ours too."""
_MARGIN = 10
"""One part in so many, for what a provider wraps the messages into."""
_RESERVE = 64


def most_tokens(model: str, counted: int, texts: Sequence[str]) -> int:
    """`counted`: by our encodings. For a family with others the bytes are the bound: no tokenizer that works on bytes
    makes more tokens than there are."""
    if _COUNTED_AS_THERE.match(model) is None:
        counted = max(counted, sum(len(text.encode()) for text in texts))
    return counted + counted // _MARGIN + _RESERVE
