"""What one file may still unpack, wherever in it."""

from dataclasses import dataclass

from services.documents.limits import ReadLimits
from services.domain.errors import DocumentTooHeavy


@dataclass(slots=True)
class Budget:
    bytes_left: int
    entries_left: int
    characters_left: int
    is_spent: bool = False
    """Then the whole file is refused, not only the member that did it."""

    @classmethod
    def of(cls, limits: ReadLimits) -> "Budget":
        return cls(limits.unpacked_bytes, limits.entries, limits.all_characters)

    def take_bytes(self, count: int) -> None:
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise self.spent("unpacks to too much")

    def take_entries(self, count: int) -> None:
        self.entries_left -= count
        if self.entries_left < 0:
            raise self.spent("too many entries")

    def take_characters(self, count: int) -> None:
        self.characters_left -= count
        if self.characters_left < 0:
            raise self.spent("too much text")

    def spent(self, why: str) -> DocumentTooHeavy:
        self.is_spent = True
        return DocumentTooHeavy(why)
