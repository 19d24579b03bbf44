"""What fits into the model's window: the rest is dropped, worst ranked first, and named, so that it can be recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.errors import ContextTooLong
from services.llm.ports import TokenCounter

_PER_PASSAGE_TOKENS = 12
"""Number, heading line and blank line around a passage."""
_LONG_TEXT_CHARS = 20_000
"""Counting this much takes a few milliseconds: time to leave the event loop."""


@dataclass(frozen=True, slots=True)
class Fit:
    kept: tuple[int, ...]
    """0-based indices of the passages that fit, best first: their order is their numbering for the model."""
    dropped: tuple[int, ...]
    tokens: int
    """Of the fixed text and the kept passages."""


def fit_passages(
    counter: TokenCounter, model: str, fixed_text: str, passages_texts: Sequence[str], limit_tokens: int
) -> Fit:
    """Take passages by rank (best first) while they fit into `limit_tokens` beside `fixed_text`.

    One that does not fit is dropped and a shorter one below it may still enter. Raises ContextTooLong (fact `limit`)
    when not even `fixed_text` fits. O(total characters).
    """
    tokens = counter.count(model, fixed_text)
    if tokens > limit_tokens:
        raise ContextTooLong(f"{tokens} tokens without any passage, {limit_tokens} allowed", limit=limit_tokens)
    kept, dropped = [], []
    for index, text in enumerate(passages_texts):
        size = counter.count(model, text) + _PER_PASSAGE_TOKENS
        if tokens + size > limit_tokens:
            dropped.append(index)
            continue
        tokens += size
        kept.append(index)
    return Fit(tuple(kept), tuple(dropped), tokens)


async def fit_passages_aside(
    counter: TokenCounter, model: str, fixed_text: str, passages_texts: Sequence[str], limit_tokens: int
) -> Fit:
    """`fit_passages` that leaves the event loop free when there is much to count."""
    if len(fixed_text) + sum(map(len, passages_texts)) < _LONG_TEXT_CHARS:
        return fit_passages(counter, model, fixed_text, passages_texts, limit_tokens)
    return await asyncio.to_thread(fit_passages, counter, model, fixed_text, passages_texts, limit_tokens)


def fit_newest(counter: TokenCounter, model: str, texts: Sequence[str], limit_tokens: int) -> int:
    """How many of the newest `texts` (given oldest first) fit: a conversation is cut from its beginning."""
    tokens = 0
    for count, text in enumerate(reversed(texts)):
        tokens += counter.count(model, text)
        if tokens > limit_tokens:
            return count
    return len(texts)
