"""Text files, read in this process: nothing in them can be a bomb."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from services.domain.reading import ReadDocument
from services.retrieval.readers import SUFFIXES, decode, read_markdown


class PlainReader:
    """A `DocumentReader` for Markdown and text alone."""

    @property
    def suffixes(self) -> frozenset[str]:
        return SUFFIXES

    async def read(self, file: Path, name: str) -> Sequence[ReadDocument]:
        """Raises InputError, OSError."""
        return [await asyncio.to_thread(_read, file, name)]


def _read(file: Path, name: str) -> ReadDocument:
    return read_markdown(decode(file.read_bytes()), name)
