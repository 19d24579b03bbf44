"""How much one file may cost."""

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class ReadLimits:
    file_bytes: int = 100 * MEGABYTE
    memory_bytes: int = 512 * MEGABYTE
    """Of addresses, which are more than memory: the libraries take 190 MB of them."""
    seconds: int = 50
    """By the clock, and of the processor. With its start and end a file is done within a minute."""
    characters: int = 5_000_000
    """Of one document; a thousand printed pages have three million. What follows is left out, and it is said."""
    all_characters: int = 20_000_000
    """Of everything that one file gives."""
    unpacked_bytes: int = 400 * MEGABYTE
    """Of all members of an archive together, counted while they are unpacked."""
    member_bytes: int = 100 * MEGABYTE
    entries: int = 10_000
    """Of an archive, with those inside of it."""
    depth: int = 4
    """Archives and letters in one another."""
    ratio: int = 200
    """Unpacked bytes for a packed one, beyond the first megabytes: text packs tenfold, a bomb a thousandfold."""
    tag_depth: int = 400
    """HTML and XML elements in one another."""
    cells: int = 500_000
    """Of a workbook's sheets."""
    pages: int = 5_000
