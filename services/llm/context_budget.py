"""What fits into the model's window: the rest is dropped, worst ranked first, and named, so that it can be recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.errors import ContextTooLong
from services.llm.ports import TokenCounter

_PER_PASSAGE_TOKENS = 12
"""Number, heading line and blank line around a passage."""


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
    """`fit_passages` off the event loop: a full window takes milliseconds, the counter's first use far longer."""
    return await asyncio.to_thread(fit_passages, counter, model, fixed_text, passages_texts, limit_tokens)


def fit_newest(counter: TokenCounter, model: str, texts: Sequence[str], limit_tokens: int) -> tuple[int, int]:
    """How many of the newest `texts` (given oldest first) fit, and the tokens of the others: a conversation is cut from
    its beginning."""
    sizes = [counter.count(model, text) for text in reversed(texts)]
    tokens = 0
    for count, size in enumerate(sizes):
        tokens += size
        if tokens > limit_tokens:
            return count, sum(sizes[count:])
    return len(sizes), 0


async def fit_newest_aside(
    counter: TokenCounter, model: str, texts: Sequence[str], limit_tokens: int
) -> tuple[int, int]:
    """`fit_newest` off the event loop."""
    return await asyncio.to_thread(fit_newest, counter, model, texts, limit_tokens)
