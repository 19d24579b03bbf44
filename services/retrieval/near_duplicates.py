"""Documents that say nearly the same, told by small sketches of their texts.

A sketch is the least of the hashes of all runs of five words (a bottom-k sample): of two documents, the least hashes of
both together are a sample of all their runs, and the share of it that both have estimates how much they have in common
(Broder 1997, "On the resemblance and containment of documents"). With 128 hashes the estimate is off by 0.04 at 0.8.
"""

import hashlib
import re
import struct
from collections.abc import Mapping

ALIKE = 0.8
"""Share of common runs from which people are told."""
_SIZE = 128
_LEAST_BYTES = 8 * 8
"""Eight hashes."""
_RUN = 5
_WORD = re.compile(r"\w+")


def sketch(text: str) -> bytes:
    """At most 1 kB: hashes of 8 bytes, ascending. Case, punctuation and markup do not count."""
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1))} if words else set()
    least = sorted({_hash(run) for run in runs})[:_SIZE]
    return struct.pack(f"<{len(least)}Q", *least)


def likeness(one: bytes, other: bytes) -> float:
    """0 to 1, estimated."""
    mine, theirs = _hashes(one), _hashes(other)
    sample = set(sorted({*mine, *theirs})[:_SIZE])
    return len(sample.intersection(mine).intersection(theirs)) / len(sample) if sample else 0.0


class Sketches:
    """Of many documents, by key. Only those are compared that have one of their least hashes in common: of two that are
    alike, one pair in 400,000 has none."""

    def __init__(self, known: Mapping[int, bytes]) -> None:
        self._known: dict[int, bytes] = {}
        self._having: dict[int, set[int]] = {}
        for key, drawn in known.items():
            self.put(key, drawn)

    def put(self, key: int, drawn: bytes) -> None:
        for least in _hashes(self._known.pop(key, b"")[:_LEAST_BYTES]):
            self._having[least].discard(key)
        self._known[key] = drawn
        for least in _hashes(drawn[:_LEAST_BYTES]):
            self._having.setdefault(least, set()).add(key)

    def alike(self, key: int, most: int = 3) -> list[int]:
        """Keys of others that are nearly the same, the likest first."""
        given = self._known[key]
        keys = set[int]().union(*(self._having[least] for least in _hashes(given[:_LEAST_BYTES]))) - {key}
        found = sorted((-likeness(given, self._known[other]), other) for other in keys)
        return [other for negative, other in found if -negative >= ALIKE][:most]


def _hashes(kept: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(kept) // 8}Q", kept)


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
