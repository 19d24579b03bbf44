"""Files, as the use cases see them. Keys are paths with slashes, `recordings/17/source.ogg`; every process that shares
the store sees the same files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class FileStore(Protocol):
    """All raise FilesUnavailable when the store does not answer. What is written is there wholly or not at all."""

    async def put(self, key: str, content: bytes | Path) -> None:
        """A Path is read in parts: a file of gigabytes does not pass through the memory. Replaces what was there."""
        ...

    async def read(self, key: str) -> bytes:
        """Raises LookupError."""
        ...

    async def fetch(self, key: str, into: Path) -> None:
        """Into a file on this machine, in parts. Raises LookupError."""
        ...

    async def exists(self, key: str) -> bool: ...
    async def keys(self, prefix: str) -> Sequence[str]: ...
    async def delete(self, prefix: str) -> int:
        """The file of this key, or everything below; what is gone already is as good. Returns how many."""
        ...
