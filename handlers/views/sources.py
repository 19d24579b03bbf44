"""Numbered sources: the marks inside a text, and the list under it."""

from collections.abc import Iterable, Sequence

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.model_text import rich_markdown
from services.domain.knowledge import Citation


def source_marks(numbers: Iterable[int], known: Sequence[Citation]) -> str:
    """ " [1] [3]" for those numbers that have a source to show; a number the model made up is left out."""
    real = {citation.number for citation in known}
    return "".join(f" [{number}]" for number in sorted(set(numbers) & real))


def source_name(citation: Citation, texts: Texts) -> str:
    """Document, section and page, as far as they are known."""
    name = f"{citation.title} › {citation.section}" if citation.section else citation.title
    first, last = citation.page, citation.last_page or citation.page
    if first is None or last is None:
        return name
    if first == last:
        return texts("source.page", name=name, page=first)
    return texts("source.pages", name=name, first=first, last=last)


def allowed_addresses(citations: Sequence[Citation]) -> frozenset[str]:
    """Web addresses of the team's own documents may be pressed."""
    return frozenset(c.source for c in citations if c.source.startswith(("https://", "http://")))


def write_sources(composer: Composer, citations: Sequence[Citation], texts: Texts) -> None:
    if not citations:
        return
    composer.gap().line(texts("card.sources"), Style.BOLD)
    composer.write("\n".join(f"[{c.number}] {source_name(c, texts)}" for c in citations))


def rich_sources(citations: Sequence[Citation], texts: Texts) -> list[str]:
    if not citations:
        return []
    names = "\n".join(f"- {rich_markdown(f'[{c.number}] {source_name(c, texts)}')}" for c in citations)
    heading = texts("card.sources")
    return [f"**{heading}**\n\n{names}"]
