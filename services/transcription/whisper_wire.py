"""How the process that holds Whisper is spoken to: frames of a JSON header and bytes, over its pipes.

A frame is the header's length (4 bytes, big-endian), the header, and as many bytes as its `bytes` says.
"""

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any

LADDER = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""whisper.transcribe's own temperatures: a repetitive or improbable answer is tried again with more chance."""
NICENESS = 10
"""Of 19: queries to other models and the bot go first, and a busy machine still leaves it a share."""
_LENGTH = struct.Struct(">I")
LONGEST_HEADER = 64 * 1024 * 1024
"""More is no header of ours. Half an hour of speech with all its tokens takes less than one megabyte."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process is started with."""

    model: str
    """A name that openai-whisper knows, or a checkpoint's path."""
    folders: tuple[str, ...]
    """Where checkpoints are looked for by name; one that must be fetched goes into the last."""
    temperatures: tuple[float, ...]
    """Tried in this order until the answer is plausible; usually LADDER."""
    threads: int | None = None
    """At most; None: as many as torch likes."""
    niceness: int = NICENESS

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Setup":
        told = json.loads(text)
        return cls(**{**told, "folders": tuple(told["folders"]), "temperatures": tuple(told["temperatures"])})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for."""

    language: str | None = None
    """A code or an English name that Whisper knows; None: to be detected."""
    prompt: str = ""
    temperature: float = 0.0
    """0: greedy, and higher ones where the answer is implausible; else exactly this one."""
    longest_seconds: int = 1800


def frame(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    text = json.dumps({**header, "bytes": len(payload)}, ensure_ascii=False).encode()
    return _LENGTH.pack(len(text)) + text + payload


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """None at the end of the stream, also in the middle of a frame: who wrote is gone."""
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return None
    header = stream.read(_size(start))
    try:
        told: dict[str, Any] = json.loads(header)
    except ValueError:
        return None
    payload = stream.read(told["bytes"])
    return (told, payload) if len(payload) == told["bytes"] else None


async def read_header(stream: asyncio.StreamReader) -> dict[str, Any]:
    """The next header; its bytes are passed over. Raises asyncio.IncompleteReadError at the end."""
    header: dict[str, Any] = json.loads(await stream.readexactly(_size(await stream.readexactly(_LENGTH.size))))
    await stream.readexactly(header["bytes"])
    return header


def _size(start: bytes) -> int:
    size = int(_LENGTH.unpack(start)[0])
    if size > LONGEST_HEADER:
        raise ValueError("not a frame")
    return size
