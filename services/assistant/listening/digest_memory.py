"""Digests for the time of one command."""

from services.assistant.listening.transcript_parts import Part
from services.domain.minutes import Minutes


class DigestsInMemory:
    """Implements `write_minutes.DigestShelf`."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Part, Minutes]] = {}

    async def get(self, number: int, part: Part) -> Minutes | None:
        of, digest = self._kept.get(number, (None, None))
        return digest if of == part else None

    async def put(self, number: int, part: Part, digest: Minutes, total: int) -> None:
        self._kept[number] = (part, digest)
