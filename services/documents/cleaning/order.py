"""All rules, in the order in which they help one another."""

from collections.abc import Sequence

from services.documents.cleaning.characters import clean_characters
from services.documents.cleaning.markup import clean_markup
from services.documents.cleaning.page_furniture import drop_page_furniture
from services.documents.cleaning.repeated_paragraphs import drop_repeated


def clean_pages(pages: Sequence[str]) -> list[str]:
    """As many as before."""
    cleaned = [clean_markup(clean_characters(page)) for page in pages]
    if len(cleaned) > 1:
        cleaned = drop_page_furniture(cleaned)
    return drop_repeated(cleaned)
