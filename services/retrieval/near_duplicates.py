"""Documents that say nearly the same, told by small sketches of their texts.

A sketch is the least of the hashes of all runs of five words (a bottom-k sample): of two documents, the least hashes of
both together are a sample of all their runs, and the share of it that both have estimates how much they have in common
(Broder 1997, "On the resemblance and containment of documents"). With 128 hashes the estimate is off by 0.04 at 0.8.
"""

import hashlib
import re
import struct
from collections.abc import Mapping, Sequence

ALIKE = 0.8
"""Share of common runs from which people are told."""
_SIZE = 128
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
    return _likeness(_hashes(one), _hashes(other))


def alike(given: bytes, others: Mapping[int, bytes], most: int = 3) -> list[int]:
    """Keys of those that are nearly the same, the likest first."""
    mine = _hashes(given)
    found = ((_likeness(mine, _hashes(other)), key) for key, other in others.items())
    return [key for score, key in sorted(found, key=lambda one: (-one[0], one[1])) if score >= ALIKE][:most]


def _likeness(one: Sequence[int], other: Sequence[int]) -> float:
    sample = set(sorted({*one, *other})[:_SIZE])
    return len(sample.intersection(one).intersection(other)) / len(sample) if sample else 0.0


def _hashes(kept: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(kept) // 8}Q", kept)


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
