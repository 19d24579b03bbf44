"""A document of Google's editors, shared by its link, as a file: the page itself is a program without text."""

import re

_EDITOR = re.compile(
    r"https://docs\.google\.com/(?P<kind>document|spreadsheets|presentation)/(?:u/\d+/)?d/(?P<id>[A-Za-z0-9_-]{10,})"
    r"(?:/(?:edit|view|preview)?[^/]*)?$"
)
_EXPORTS = {
    "document": "https://docs.google.com/document/d/{id}/export?format=docx",
    "spreadsheets": "https://docs.google.com/spreadsheets/d/{id}/export?format=xlsx",
    "presentation": "https://docs.google.com/presentation/d/{id}/export/pptx",
}


def as_file(url: str) -> str:
    """Every other address as it is."""
    found = _EDITOR.match(url)
    return _EXPORTS[found["kind"]].format(id=found["id"]) if found else url
