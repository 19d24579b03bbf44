"""Files that harm whoever reads them without care, made when they are needed: none is kept anywhere.

HOSTILE[name]() -> bytes
"""

from tests.hostile_archives import ARCHIVES, OFFICE
from tests.hostile_pages import PAGES

HOSTILE = ARCHIVES | OFFICE | PAGES
