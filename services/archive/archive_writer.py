"""An archive on its way: under another name until it is whole, for its owner's eyes alone."""

import fcntl
import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from services.archive.layout import ArchiveRefused, Member

COMPRESSION = 1
"""Half of an archive are vectors and sound, which give way to no effort."""
MODE = 0o600


class ArchiveWriter:
    """Blocking: for a thread."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zipped = gzip.GzipFile(fileobj=file, mode="wb", compresslevel=COMPRESSION, filename="", mtime=0)
        self._tar = tarfile.open(fileobj=self._zipped, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - see _close
        self.members: list[Member] = []

    @classmethod
    @contextmanager
    def open(cls, target: Path) -> Iterator[Self]:
        """`target` appears at the end of the block, whole and on the disk; after an error, nothing does.

        Raises ArchiveRefused when somebody else writes there, OSError.
        """
        part = target.with_name(f"{target.name}.part")
        with _alone(part) as file:
            try:
                writer = cls(file)
                try:
                    yield writer
                finally:
                    writer._close()
                file.flush()
                os.fsync(file.fileno())
                part.replace(target)
                _settle(target.parent)
            except BaseException:
                part.unlink(missing_ok=True)
                raise

    def add(self, name: str, content: bytes) -> None:
        self._add(name, len(content), io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._add(name, os.fstat(file.fileno()).st_size, file)

    def _add(self, name: str, size: int, content: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, MODE
        hashing = HashingReader(content)
        self._tar.addfile(entry, hashing)
        self.members.append(Member(name, size, hashing.sha256))

    def _close(self) -> None:
        self._tar.close()
        self._zipped.close()


class HashingReader:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._hash.update(block)
        return block

    @property
    def sha256(self) -> str:
        """Hex, of what was read so far."""
        return self._hash.hexdigest()


@contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """What a killed one left under this name is written over; a living one holds its lock."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveRefused(f"Another backup is being written to {part.name}.") from error
        os.fchmod(file.fileno(), MODE)
        file.truncate(0)
        yield file


def _settle(folder: Path) -> None:
    """The new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
