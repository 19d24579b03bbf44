"""The card of a document: what it is, how long it holds, who answers for it."""

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style, plain
from handlers.views.history import excerpt
from handlers.views.kb_list import SIGNS, full_day, icon
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from services.assistant.knowledge.delete_document import Deleted
from services.assistant.knowledge.document_card import DocumentCard
from services.domain.freshness import Standing, due_at
from services.domain.knowledge import Document
from services.domain.language import Language
from services.domain.passport import DocumentFlag, DocumentOrigin, Passport

_ORIGINS = {
    DocumentOrigin.FOLDER: mark("kb.from_folder"),
    DocumentOrigin.UPLOAD: mark("kb.from_upload"),
    DocumentOrigin.LINK: mark("kb.from_link"),
    DocumentOrigin.RECORDING: mark("kb.from_recording"),
}
_LANGUAGES = {Language.RUSSIAN: mark("kb.in_russian"), Language.ENGLISH: mark("kb.in_english")}
_STANDINGS = {
    Standing.EXPIRED: mark("kb.has_expired"),
    Standing.DUE: mark("kb.is_due"),
    Standing.COMING: mark("kb.is_coming"),
}
_FLAGS = {
    DocumentFlag.HIDDEN_TEXT: mark("kb.flag_hidden_text"),
    DocumentFlag.PAGES_WITHOUT_TEXT: mark("kb.flag_pages_without_text"),
    DocumentFlag.PARTLY_READ: mark("kb.flag_partly_read"),
    DocumentFlag.SHORTENED: mark("kb.flag_shortened"),
}
_KILOBYTE, _MEGABYTE = 1024, 1024 * 1024


def card_message(card: DocumentCard, texts: Texts) -> RenderedMessage:
    document, passport = card.document, card.document.passport
    composer = Composer().write(f"{icon(document)} ").add(unlink(plain(document.title)), Style.BOLD).write("\n")
    if card.standing is not Standing.HOLDS:
        composer.line(f"{SIGNS[card.standing]} {texts(_STANDINGS[card.standing])}")
    composer.write("\n").line(_contents(card, texts))
    if document.source != passport.url:
        _line(composer, texts("kb.source"), document.source)
    if passport.url:  # given by one of the team: a press may lead there
        composer.write(texts("kb.link")).line(f": {passport.url}")
    _line(composer, texts("kb.origin"), texts(_ORIGINS[passport.origin]))
    if document.author:
        _line(composer, texts("kb.author"), document.author)
    if document.date:
        _line(composer, texts("kb.date"), full_day(document.date, texts))
    _line(composer, texts("kb.owner"), card.owner or texts("kb.nobody"))
    composer.write("\n")
    _line(composer, texts("kb.validity"), validity(passport, texts))
    _line(composer, texts("kb.refresh"), _refresh(card, texts))
    _line(composer, texts("kb.note"), passport.note or "—")
    _history(card, composer, texts)
    for flag in passport.flags:
        composer.write("\n🚩 ").line(texts(_FLAGS[flag]))
    return RenderedMessage(composer.build())


def delete_question_message(card: DocumentCard, texts: Texts) -> RenderedMessage:
    composer = (
        Composer().write("🗑 ").add(unlink(plain(texts("kb.delete_question", title=_named(card.document)))), Style.BOLD)
    )
    composer.write("\n\n").write(texts("kb.delete_what", passages=texts.plural("kb.passages", card.passages)))
    if card.document.passport.origin is DocumentOrigin.FOLDER:
        composer.write("\n\n").write(texts("kb.comes_back"))
    return RenderedMessage(composer.build())


def deleted_message(deleted: Deleted, texts: Texts) -> RenderedMessage:
    composer = (
        Composer().write("🗑 ").add(unlink(plain(texts("kb.deleted", title=_named(deleted.document)))), Style.BOLD)
    )
    composer.write("\n").write(texts("kb.deleted_what", passages=texts.plural("kb.passages", deleted.passages)))
    if deleted.document.passport.origin is DocumentOrigin.FOLDER:
        composer.write("\n\n").write(texts("kb.comes_back"))
    return RenderedMessage(composer.build())


def validity(passport: Passport, texts: Texts) -> str:
    if passport.valid_from and passport.valid_until:
        since, until = full_day(passport.valid_from, texts), full_day(passport.valid_until, texts)
        return texts("kb.valid_between", since=since, until=until)
    if passport.valid_from:
        return texts("kb.valid_since", since=full_day(passport.valid_from, texts))
    if passport.valid_until:
        return texts("kb.valid_until", until=full_day(passport.valid_until, texts))
    return texts("kb.valid_always")


def _named(document: Document) -> str:
    return excerpt(document.title, 100)


def _contents(card: DocumentCard, texts: Texts) -> str:
    document, size = card.document, card.document.passport.size_bytes
    facts = [document.format.upper() if len(document.format) <= 4 else document.format]
    if document.pages:
        facts.append(texts.plural("kb.pages", document.pages))
    facts.append(texts.plural("kb.passages", card.passages))
    if size:
        facts.append(_size(size, texts))
    return " · ".join([*facts, texts(_LANGUAGES[document.language])])


def _size(size: int, texts: Texts) -> str:
    if size < _MEGABYTE:
        return texts("kb.kilobytes", size=max(1, round(size / _KILOBYTE)))
    shown = f"{size / _MEGABYTE:.1f}"
    return texts("kb.megabytes", size=shown.replace(".", ",") if texts.language is Language.RUSSIAN else shown)


def _refresh(card: DocumentCard, texts: Texts) -> str:
    passport, zone = card.document.passport, card.now.tzinfo
    said = texts("kb.refresh_never")
    if passport.refresh_days is not None:
        said = texts.plural("kb.refresh_every", passport.refresh_days)
        due = due_at(passport)
        if due is not None:
            said = texts("kb.refresh_next", every=said, day=full_day(due.astimezone(zone).date(), texts))
    if passport.checked_at is None:
        return said
    return texts("kb.checked", refresh=said, day=full_day(passport.checked_at.astimezone(zone).date(), texts))


def _history(card: DocumentCard, composer: Composer, texts: Texts) -> None:
    if not card.versions:
        return
    composer.write("\n").line(texts.plural("kb.versions", card.versions_in_all), Style.BOLD)
    for line in card.versions:
        day = full_day(line.version.at.astimezone(card.now.tzinfo).date(), texts)
        by = line.by or texts("kb.by_folder")
        composer.line(f"v{line.version.version} · {day} · {by}")
    if card.versions_in_all > len(card.versions):
        composer.line(texts.plural("kb.versions_more", card.versions_in_all - len(card.versions)))


def _line(composer: Composer, label: str, said: str) -> None:
    composer.write(f"{label}: ").add(unlink(plain(said))).write("\n")
