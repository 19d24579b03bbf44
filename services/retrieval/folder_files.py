"""Which files of a folder are documents, and what they are called."""

from collections.abc import Collection, Iterator
from pathlib import Path

from services.retrieval.readers import SUFFIXES

PROJECT_FILE = "project.yaml"
"""Makes a folder a brand, and is none of its documents."""


def find_files(root: Path, suffixes: Collection[str] = SUFFIXES) -> list[Path]:
    """Worth trying by their suffix, in a stable order; hidden files and folders are passed over, links are not followed
    out of the folder. A single file is taken whatever it is called."""
    if root.is_file():
        return [root]
    return sorted(_walk(root.resolve(), root, suffixes))


def source_of(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def is_of(source: str, file: str) -> bool:
    """The document is the file, or was in it: `archive.zip/inner/name.md`."""
    return source == file or source.startswith(f"{file}/")


def has_file(root: Path, source: str) -> bool:
    """Its file, or the archive it was in, is there."""
    place = root / source
    return any(one.is_file() for one in (place, *place.parents) if one.is_relative_to(root) and one != root)


def _walk(inside: Path, root: Path, suffixes: Collection[str]) -> Iterator[Path]:
    for path in root.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if hidden or path.suffix.lower() not in suffixes or path == root / PROJECT_FILE or not path.is_file():
            continue
        if path.resolve().is_relative_to(inside):
            yield path
