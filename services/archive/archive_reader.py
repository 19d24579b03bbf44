"""An archive from somewhere: it may be cut off, changed, or made to do harm. Nothing of it is unpacked by name."""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from services.archive.archive_writer import HashingReader
from services.archive.layout import (
    HEADER,
    MANIFEST,
    MOST_JSON_BYTES,
    MOST_PART_BYTES,
    ArchiveRefused,
    Manifest,
    Member,
    check_header,
    check_name,
    parse_manifest,
    table_of,
)

BLOCK_BYTES = 1024 * 1024
MOST_HEADER_BYTES = 64 * 1024
"""Of what the tar format says about a member before it: read into memory by the library."""
_CUT = "It is cut off or damaged: its end is missing or does not fit."


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except gzip.BadGzipFile as error:
        raise ArchiveRefused("It is no backup of Muza, or it is damaged.") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ArchiveRefused(_CUT) from error


@_told()
def verify(path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> Manifest:
    """Every byte of it. Raises ArchiveRefused, OSError. `on_bytes`: how far into the file it is."""
    found: dict[str, Member] = {}
    lines: dict[str, int] = {}
    manifest: Manifest | None = None
    for entry, content, position in _entries(path):
        if manifest is not None:
            raise ArchiveRefused("It holds something after its manifest.")
        if entry.name in found:
            raise ArchiveRefused(f"It holds {entry.name!r} twice.")
        if entry.name == MANIFEST:
            manifest = parse_manifest(content.read())
            continue
        hashing = HashingReader(content)
        table = table_of(entry.name)
        count = 0
        first = b""
        while block := hashing.read(BLOCK_BYTES):
            first = first or block
            count += block.count(b"\n")
            on_bytes(position())
        if not found:
            check_header(first if entry.name == HEADER else b"")
        if table is not None:
            lines[table] = lines.get(table, 0) + count
        found[entry.name] = Member(entry.name, entry.size, hashing.sha256)
    if manifest is None:
        raise ArchiveRefused(_CUT if found else "It is no backup of Muza.")
    _compare(manifest, found, lines)
    return manifest


class ArchiveMembers:
    """Blocking: for a thread. One member after the other, in the order of the archive, each as it was verified."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._entries = _entries(path)
        self._known = {member.name: member for member in manifest.members}
        self._member: Member | None = None
        self._content: IO[bytes] | None = None

    @_told()
    def next(self) -> Member | None:
        """None after the last."""
        for entry, content, _ in self._entries:
            if entry.name != MANIFEST:
                self._member, self._content = self._expected(entry.name), content
                return self._member
        return None

    @_told()
    def read(self) -> bytes:
        """Of the present member."""
        member, content = self._present()
        found = content.read()
        _same(member, len(found), hashlib.sha256(found).hexdigest())
        return found

    @_told()
    def save(self, into: Path) -> None:
        """Of the present member, in blocks."""
        member, content = self._present()
        hashing, size = HashingReader(content), 0
        with into.open("wb") as file:
            while block := hashing.read(BLOCK_BYTES):
                size += file.write(block)
        _same(member, size, hashing.sha256)

    def close(self) -> None:
        self._entries.close()

    def _present(self) -> tuple[Member, IO[bytes]]:
        if self._member is None or self._content is None:
            raise RuntimeError("no member yet")
        return self._member, self._content

    def _expected(self, name: str) -> Member:
        if name not in self._known:
            raise ArchiveRefused("It has changed since it was checked.")
        return self._known[name]


def _same(member: Member, size: int, sha256: str) -> None:
    if (size, sha256) != (member.size, member.sha256):
        raise ArchiveRefused("It has changed since it was checked.")


class ModestEntry(tarfile.TarInfo):
    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        entry = super().frombuf(buf, encoding, errors)
        if not entry.isreg() and entry.size > MOST_HEADER_BYTES:
            raise ArchiveRefused("It is no backup of Muza.")
        return entry


def _entries(path: Path) -> Generator[tuple[tarfile.TarInfo, IO[bytes], Callable[[], int]], None, None]:
    with (
        _told(),
        path.open("rb") as file,
        gzip.GzipFile(fileobj=file, mode="rb") as zipped,
        tarfile.open(fileobj=zipped, mode="r|", tarinfo=ModestEntry) as tar,
    ):
        for entry in tar:
            check_name(entry.name)
            in_memory = table_of(entry.name) or entry.name in (HEADER, MANIFEST)
            limit = MOST_PART_BYTES if table_of(entry.name) else MOST_JSON_BYTES
            content = tar.extractfile(entry) if entry.isreg() and not entry.issparse() else None
            if content is None or (in_memory and entry.size > limit):
                raise ArchiveRefused(f"It holds {entry.name[:80]!r}, which no backup of Muza does.")
            yield entry, content, file.tell
        _read_to_the_end(zipped)


def _read_to_the_end(zipped: gzip.GzipFile) -> None:
    """The checksum of all of it comes last."""
    if len(zipped.read(BLOCK_BYTES)) >= BLOCK_BYTES:
        raise ArchiveRefused("It holds something after its end.")
    zipped.read(1)


def _compare(manifest: Manifest, found: dict[str, Member], lines: dict[str, int]) -> None:
    if {member.name: member for member in manifest.members} != found:
        raise ArchiveRefused("It is damaged: its members are not those of its manifest.")
    names = {shape.name for shape in manifest.tables}
    if set(lines) - names or {name: lines.get(name, 0) for name in names} != manifest.rows:
        raise ArchiveRefused("It is damaged: its rows are not those of its manifest.")
