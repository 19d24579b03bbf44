"""What lies where in an archive.

muza-backup.json           what this is
sql/passages/00001.jsonl   rows, one a line, some megabytes a part; tables that are referred to come first
files/recordings/17/…      the files that rows name
manifest.json              the last: schema, tables, and size and SHA-256 of everything before it
"""

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from services.domain.archive import ColumnKind, TableShape

FORMAT = 1
HEADER, MANIFEST = "muza-backup.json", "manifest.json"
SQL, FILES = "sql/", "files/"
MOST_JSON_BYTES = 64 * 1024 * 1024
"""Of the manifest: it is read into memory. About 400,000 files."""
MOST_PART_BYTES = 512 * 1024 * 1024
"""Of a part of a table, likewise: a row may hold a whole document."""
_PART = re.compile(r"sql/([a-z_]{1,60})/\d{5,}\.jsonl")
_NAME = re.compile(r"[a-z_]{1,60}")


class ArchiveRefused(Exception):
    """The file is no backup, or not whole. Its text says what is wrong, to a person."""


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    created_at: str
    """ISO 8601."""
    version: str
    """Of the release that made it."""
    revision: str
    """Of the database's schema."""
    tables: tuple[TableShape, ...]
    rows: dict[str, int]
    last_ids: dict[str, int]
    members: tuple[Member, ...]
    missing: tuple[str, ...] = field(default=())
    """Files that rows name and nobody had any more."""

    def shape(self, name: str) -> TableShape:
        return next(shape for shape in self.tables if shape.name == name)


def part_name(table: str, number: int) -> str:
    return f"{SQL}{table}/{number:05}.jsonl"


def table_of(name: str) -> str | None:
    found = _PART.fullmatch(name)
    return found[1] if found else None


def check_name(name: str) -> None:
    """Raises ArchiveRefused for what has no place in an archive of ours, and for a path that leads out of it."""
    if name in (HEADER, MANIFEST) or table_of(name):
        return
    key = name.removeprefix(FILES)
    parts = key.split("/")
    bad = any(part in ("", ".", "..") or part.startswith("~") for part in parts)
    if key == name or bad or "\\" in key or "\0" in key or ":" in parts[0] or PurePosixPath(key).is_absolute():
        raise ArchiveRefused(f"It holds {name[:80]!r}, which no backup of Muza does.")


def manifest_text(manifest: Manifest) -> bytes:
    return json.dumps(asdict(manifest), ensure_ascii=False).encode()


def parse_manifest(text: bytes) -> Manifest:
    """Raises ArchiveRefused."""
    try:
        return _manifest(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArchiveRefused("Its manifest cannot be read.") from error


def header_text(created_at: str, version: str) -> bytes:
    return json.dumps(
        {"what": "a backup of Muza", "format": FORMAT, "created_at": created_at, "version": version}
    ).encode()


def check_header(text: bytes) -> None:
    try:
        layout = int(json.loads(text)["format"])
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveRefused("It is no backup of Muza.") from error
    if layout != FORMAT:
        raise ArchiveRefused(f"It was made by another release of Muza (format {layout}; this one reads {FORMAT}).")


def _manifest(body: dict[str, Any]) -> Manifest:
    return Manifest(
        created_at=str(body["created_at"]),
        version=str(body["version"]),
        revision=str(body["revision"]),
        tables=tuple(_shape(table) for table in body["tables"]),
        rows={str(name): int(count) for name, count in body["rows"].items()},
        last_ids={_named(name): int(last) for name, last in body["last_ids"].items()},
        members=tuple(Member(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in body["members"]),
        missing=tuple(map(str, body["missing"])),
    )


def _shape(table: dict[str, Any]) -> TableShape:
    return TableShape(_named(table["name"]), tuple((_named(name), ColumnKind(kind)) for name, kind in table["columns"]))


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return name
