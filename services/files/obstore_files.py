"""Files in a folder, in S3 or in memory, by the address: obstore (https://developmentseed.org/obstore/)."""

import asyncio
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from services.domain.errors import FilesUnavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PART_BYTES = 5 * 1024 * 1024
"""The least that S3 takes as a part of a file."""
PARTS_AT_ONCE = 2
"""What a file on its way takes of the memory: so many parts."""
_AWAY = {"retry_timeout": timedelta(seconds=30), "max_retries": 3}
_CLIENT = {"connect_timeout": "5s", "timeout": "60s"}
_STAGED = re.compile(r"#\d+")
"""What LocalStore adds to the name of a file until it is whole; it never lists such."""


class ObstoreFiles:
    """Implements `services.files.ports.FileStore`. Its work is done in threads of its own, beside the event loop."""

    def __init__(self, url: str) -> None:
        """`url`: file:///folder (made when it is missing), s3://bucket/folder (AWS_* variables name keys, region and
        server), memory:///. Raises FilesUnavailable."""
        with _told("the file store"):
            if url.startswith("file:"):
                local = LocalStore.from_url(url, mkdir=True, automatic_cleanup=True)
                self._store: ObjectStore = local
                self._folder = local.prefix
            else:
                network = {} if url.startswith("memory:") else {"retry_config": _AWAY, "client_options": _CLIENT}
                self._store = from_url(url, **network)  # type: ignore[call-overload]  # configs are per store
                self._folder = None

    async def put(self, key: str, content: bytes | Path) -> None:
        with _told(key):
            await obstore.put_async(self._store, key, content, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)

    async def read(self, key: str) -> bytes:
        with _told(key), _missing(key):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def fetch(self, key: str, into: Path) -> None:
        with _told(key), _missing(key):
            found = await obstore.get_async(self._store, key)
            chunks = found.stream(PART_BYTES)
        with _told(key), await asyncio.to_thread(into.open, "wb") as file:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)

    async def exists(self, key: str) -> bool:
        with _told(key):
            try:
                await obstore.head_async(self._store, key)
            except FileNotFoundError:
                return False
            return True

    async def keys(self, prefix: str) -> Sequence[str]:
        with _told(prefix):
            listed = await obstore.list(self._store, prefix.rstrip("/")).collect_async()
        return sorted(found["path"] for found in listed)

    async def delete(self, prefix: str) -> int:
        keys = [prefix] if await self.exists(prefix) else await self.keys(prefix)
        with _told(prefix):
            for key in keys:
                try:
                    await obstore.delete_async(self._store, key)
                except FileNotFoundError:
                    continue  # somebody else clears up as well
        if self._folder is not None:
            await asyncio.to_thread(_clear_staged, self._folder / prefix.strip("/"))
        return len(keys)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError, ValueError) as error:  # ValueError: an address or a key that cannot be one
        raise FilesUnavailable(f"{what}: {type(error).__name__}") from error


@contextmanager
def _missing(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise LookupError(key) from None


def _clear_staged(folder: Path) -> None:
    """What a process that was killed had begun to write, and the folders that held nothing else."""
    if not folder.is_dir():
        return
    if all(_STAGED.search(path.name) for path in folder.rglob("*") if path.is_file()):
        shutil.rmtree(folder, ignore_errors=True)
