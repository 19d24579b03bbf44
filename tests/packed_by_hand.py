"""ZIPs written byte by byte: their directories may say what no honest program would write."""

import functools
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

LINK = 0o120777 << 16
"""External attributes of a symbolic link."""
ENCRYPTED = 1
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Packed:
    """What one entry holds: deflated bytes, and what they are."""

    content: bytes
    crc: int
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    packed: Packed
    claimed_size: int | None = None
    """None: the true one."""
    attributes: int = 0
    flags: int = 0


def deflated(*pieces: bytes, times: int = 1) -> Packed:
    """Its middle piece, of three, is repeated; the only one, of one."""
    head, middle, tail = pieces if len(pieces) == 3 else (b"", pieces[0], b"")
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    parts, crc, size = [], 0, 0
    for piece in (head, *(middle for _ in range(times)), tail):
        parts.append(press.compress(piece))
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    return Packed(b"".join(parts) + press.flush(), crc, size)


@functools.cache
def blanks(megabytes: int, head: bytes = b"", tail: bytes = b"") -> Packed:
    return deflated(head, b" " * MEGABYTE, tail, times=megabytes)


def text_part(name: str, text: str | bytes) -> Part:
    return Part(name, deflated(text.encode() if isinstance(text, str) else text))


def zipped(parts: Sequence[Part], *, overlapping: int = 0) -> bytes:
    """`overlapping`: so many more entries of the directory that all show where the first one is."""
    body, directory, offsets = bytearray(), bytearray(), []
    for part in parts:
        offsets.append(len(body))
        body += b"PK\x03\x04" + _facts(part) + struct.pack("<HH", len(part.name.encode()), 0)
        body += part.name.encode() + part.packed.content
    shown = [*zip(parts, offsets, strict=True)]
    if overlapping:
        first = parts[0]
        again = (Part(f"{number}-{first.name}", first.packed) for number in range(overlapping))
        shown += [(part, 0) for part in again]
    for part, offset in shown:
        directory += b"PK\x01\x02\x14\x03" + _facts(part)
        directory += struct.pack("<HHHHHII", len(part.name.encode()), 0, 0, 0, 0, part.attributes, offset)
        directory += part.name.encode()
    end = struct.pack("<HHHHIIH", 0, 0, len(shown) & 0xFFFF, len(shown) & 0xFFFF, len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end


def _facts(part: Part) -> bytes:
    size = part.packed.size if part.claimed_size is None else part.claimed_size
    packed = part.packed
    return struct.pack("<HHHHHIII", 20, 0x800 | part.flags, 8, 0, 0x5A21, packed.crc, len(packed.content), size)
