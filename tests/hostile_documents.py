"""Files that harm whoever reads them without care, made when they are needed: none is kept anywhere.

HOSTILE[name]() -> bytes
"""

from tests.hostile_archives import ARCHIVES, OFFICE
from tests.hostile_pages import PAGES

HOSTILE = ARCHIVES | OFFICE | PAGES
HARMLESS = frozenset(
    {
        "lying-huge.zip",  # it holds less than it says
        "corners.xlsx",  # two cells, however far from each other
        "counted-pages.pdf",  # one page, whatever it counts
        "broken-table.pdf",  # mended
        "laughs.xml",  # entities stay what they are called
        "outside.xml",
        "outside.html",
        "laughs.md",  # references of YAML are not written out
        "paragraph.txt",  # shortened, and it is said
    }
)
"""Legal, or mended: read, and nothing happens."""
