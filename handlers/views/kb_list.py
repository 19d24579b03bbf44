"""/kb: the documents of a project, a line or two each."""

from datetime import date

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style, plain
from handlers.views.history import excerpt
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from services.assistant.knowledge.list_documents import DocumentsPage, ListedDocument
from services.domain.catalogue import Shelf
from services.domain.freshness import Standing
from services.domain.knowledge import Document
from services.domain.language import Language

TITLE = 70
_ICONS = {
    "pdf": "📕",
    "epub": "📖",
    "docx": "📘",
    "odt": "📘",
    "rtf": "📘",
    "pptx": "📙",
    "xlsx": "📊",
    "csv": "📊",
    "html": "🌐",
    "mail": "✉️",
    "slack": "💬",
    "transcript": "🎙",
}
SIGNS = {Standing.EXPIRED: "⌛", Standing.DUE: "⚠️", Standing.COMING: "🗓", Standing.HOLDS: ""}
_EMPTY = {
    Shelf.ALL: mark("kb.empty"),
    Shelf.MINE: mark("kb.empty_mine"),
    Shelf.STALE: mark("kb.empty_stale"),
    Shelf.FLAGGED: mark("kb.empty_flagged"),
}


def list_message(page: DocumentsPage, texts: Texts) -> RenderedMessage:
    composer = Composer().write("📚 ").line(_title(page, texts), Style.BOLD)
    if not page.items:
        nothing = texts("kb.nothing_found") if page.words and not page.total else texts(_EMPTY[page.shelf])
        return RenderedMessage(composer.write("\n").write(nothing).build())
    for number, item in enumerate(page.items, start=page.first):
        composer.write(f"\n{number}. {icon(item.entry.document)} ")
        composer.add(unlink(plain(excerpt(item.entry.document.title, TITLE))))
        if signs := signs_of(item):
            composer.write(f" {signs}")
        composer.write("\n").write(facts_line(item, texts), Style.ITALIC)
    if any(signs_of(item) for item in page.items):
        composer.write("\n\n").write(texts("kb.signs"))
    return RenderedMessage(composer.build())


def icon(document: Document) -> str:
    return _ICONS.get(document.type) or _ICONS.get(document.format) or "📝"


def signs_of(item: ListedDocument) -> str:
    return SIGNS[item.standing] + ("🚩" if item.entry.document.passport.flags else "")


def facts_line(item: ListedDocument, texts: Texts) -> str:
    document, facts = item.entry.document, []
    added = document.passport.added_at
    day = document.date or (added.date() if added else None)
    if day is not None:
        facts.append(full_day(day, texts))
    if document.pages:
        facts.append(texts.plural("kb.pages", document.pages))
    facts.append(texts.plural("kb.passages", item.entry.passages))
    return " · ".join(facts)


def full_day(day: date, texts: Texts) -> str:
    return f"{day:%d.%m.%Y}" if texts.language is Language.RUSSIAN else f"{day.day} {day:%b %Y}"


def _title(page: DocumentsPage, texts: Texts) -> str:
    documents = texts.plural("kb.documents", page.total)
    if page.words:
        return texts("kb.title_found", words=excerpt(page.words, 40), documents=documents)
    return texts("kb.title", documents=documents)
