"""A web page that somebody saved: xberg's Markdown, and what the page hides from its readers."""

from dataclasses import replace

from services.documents.extract import Extract
from services.documents.html_hidden import look_into
from services.documents.limits import ReadLimits
from services.documents.text_encoding import decode
from services.documents.xberg_markdown import read_markdown
from services.domain.errors import DocumentDamaged, DocumentTooHeavy
from services.domain.passport import DocumentFlag


def read_html(content: bytes, limits: ReadLimits) -> Extract:
    """Raises DocumentRefused (without its name)."""
    text = decode(content)
    if text is None:
        raise DocumentDamaged("no text")
    facts = look_into(text, limits.tag_depth)
    if facts.is_too_deep:
        raise DocumentTooHeavy("elements in one another without end")
    extract = read_markdown(text.encode("utf-8"), "html", limits)
    flags = {DocumentFlag.HIDDEN_TEXT} if facts.has_hidden_text else set()
    return replace(extract, title=facts.title, author=facts.author, date=facts.date, flags=frozenset(flags))
