"""A ZIP's files, in memory and counted while they are unpacked: what its directory says of sizes is not believed."""

import io
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from services.documents.budget import Budget
from services.documents.limits import MEGABYTE, ReadLimits
from services.domain.errors import DocumentDamaged, DocumentProtected

_PIECE = 2**16
_FREE_BYTES = 2 * MEGABYTE
"""Of a member, before its ratio matters: a short text of spaces packs a thousandfold and harms nobody."""
_LONGEST_NAME = 500
_OTHERS_TRASH = ("__MACOSX", "Thumbs.db", "desktop.ini")
_ENCRYPTED = 0x1
"""General purpose bit 0 of APPNOTE.TXT, 4.4.4."""


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    """Its path in the archive, unique there."""
    info: zipfile.ZipInfo


class ZipMembers:
    """Raises DocumentRefused (without its name) wherever the archive turns out to be broken or a bomb."""

    def __init__(self, content: bytes, limits: ReadLimits, budget: Budget) -> None:
        self._limits, self._budget = limits, budget
        with _refusals():
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        budget.take_entries(len(self._zip.infolist()))
        self.entries: Sequence[Entry] = tuple(_entries(self._zip))

    def read(self, entry: Entry) -> bytes:
        return b"".join(self._pieces(entry))

    def weigh(self) -> None:
        """Unpack everything and keep nothing: for files that another library unpacks."""
        for entry in self.entries:
            for _ in self._pieces(entry):
                pass

    def _pieces(self, entry: Entry) -> Iterator[bytes]:
        if entry.info.flag_bits & _ENCRYPTED:
            raise DocumentProtected("an encrypted member")
        size = 0
        with _refusals(), self._zip.open(entry.info) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                self._budget.take_bytes(len(piece))
                if size > self._limits.member_bytes:
                    raise self._budget.spent("a member that unpacks to too much")
                if size > _FREE_BYTES + self._limits.ratio * entry.info.compress_size:
                    raise self._budget.spent("packed too well")
                yield piece


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise DocumentDamaged(f"ZIP: {error}") from error


def _entries(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """Files alone: links lead elsewhere, folders hold nothing. Raises DocumentDamaged for paths that lead out: nobody
    packs them by accident."""
    seen: Counter[str] = Counter()
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name[1:2] == ":":
            raise DocumentDamaged("an archive with paths that lead out of it")
        is_file = stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG) and not name.endswith("/")
        if not is_file or any(part.startswith(".") or part in _OTHERS_TRASH for part in path.parts):
            continue
        yield Entry(numbered(path.as_posix()[-_LONGEST_NAME:], seen), info)


def numbered(name: str, seen: Counter[str]) -> str:
    """Unique among those seen: the second of the same name has a 2 in it."""
    seen[name] += 1
    if seen[name] == 1:
        return name
    path = PurePosixPath(name)
    return path.with_name(f"{path.stem} ({seen[name]}){path.suffix}").as_posix()
