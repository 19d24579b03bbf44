"""What OpenAI keeps of the prompts it has read: the same beginning is cheaper for some minutes.

Prompts of at least 1,024 tokens; the cached part is counted in steps of 128; messages and the schema of the answer
belong to it; idle entries go after five to ten minutes (https://platform.openai.com/docs/guides/prompt-caching).
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tests.emulators.openai import tokens

SHORTEST, STEP = 1_024, 128


@dataclass
class PrefixCache:
    lifetime_seconds: float = 600.0
    clock: Callable[[], float] = time.monotonic
    _used: dict[tuple[str, int, bytes], float] = field(default_factory=dict)

    def read(self, model: str, messages: list[dict[str, Any]], response_format: Mapping[str, Any] | None) -> int:
        """How many tokens of the prompt were kept. From now on all of it is."""
        now = self.clock()
        cached = 0
        for length, digest in _prefixes(model, messages, response_format):
            key = (model, length, digest)
            used = self._used.get(key)
            if used is not None and now - used <= self.lifetime_seconds:
                cached = length
            self._used[key] = now
        return cached


def _prefixes(
    model: str, messages: list[dict[str, Any]], response_format: Mapping[str, Any] | None
) -> Iterator[tuple[int, bytes]]:
    """Lengths in tokens, and what tells such a beginning from others."""
    running = hashlib.sha256(json.dumps(response_format, sort_keys=True).encode())
    ids: list[int] = []
    done = 0
    for message in messages:
        text = tokens.text_of(message.get("content"))
        ids += [-1, *_encoded(model, f"{message.get('role')}\n"), *_encoded(model, text)]
        while done + STEP <= len(ids):
            running.update(repr(ids[done : done + STEP]).encode())
            done += STEP
            if done >= SHORTEST:
                yield done, running.digest()


@lru_cache(maxsize=64)
def _encoded(model: str, text: str) -> tuple[int, ...]:
    return tuple(tokens.encoding_of(model).encode_ordinary(text))
