"""What is backed up and restored, as an archive sees it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from services.domain.archive import Quieted, TableShape


class Snapshot(Protocol):
    """The database at one moment. Raises StoreUnavailable."""

    @property
    def revision(self) -> str:
        """Of the schema."""
        ...

    @property
    def tables(self) -> Sequence[TableShape]:
        """Those that are referred to before those that refer to them."""
        ...

    async def count(self, shape: TableShape) -> int: ...
    def lines(self, shape: TableShape) -> AsyncIterator[list[bytes]]: ...
    async def file_keys(self) -> Sequence[str]: ...
    async def last_ids(self) -> dict[str, int]: ...


class Replacement(Protocol):
    """A database being written in place of another; nothing of it is seen before its end."""

    async def write(self, shape: TableShape, lines: Sequence[bytes]) -> int:
        """Raises ValueError for what cannot be a row."""
        ...

    async def finish(self, last_ids: Mapping[str, int], backup: str, *, resume: bool) -> Quieted: ...


class Installation(Protocol):
    """Raises StoreUnavailable."""

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]: ...
    def replacement(self, revision: str, now: datetime) -> AbstractAsyncContextManager[Replacement]: ...
    def knows(self, revision: str) -> bool: ...
    async def rows(self) -> int:
        """How much somebody would miss."""
        ...

    async def unfinished(self) -> str | None:
        """Which backup was being restored when something came in between."""
        ...

    async def files_are_there(self) -> None: ...


class Files(Protocol):
    """Raises FilesUnavailable."""

    async def put(self, key: str, content: bytes | Path) -> None: ...
    async def fetch(self, key: str, into: Path) -> None:
        """Raises LookupError."""
        ...

    async def keys(self, prefix: str) -> Sequence[str]: ...
    async def delete(self, prefix: str) -> int: ...
