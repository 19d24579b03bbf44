"""Keyboards of /kb: the list by pages and shelves, and what can be done with one document."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import CounterPress
from handlers.i18n import Texts, mark
from handlers.kb_callbacks import KbAsk, KbCard, KbPage, KbPress, KbQuestion, KbStep
from handlers.keyboards import DANGER, SUCCESS
from handlers.views.history import excerpt
from handlers.views.kb_list import icon
from services.assistant.knowledge.document_card import DocumentCard
from services.assistant.knowledge.list_documents import DocumentsPage
from services.domain.catalogue import CatalogueEntry, Shelf
from services.domain.freshness import Standing

Row = list[InlineKeyboardButton]
_SHELVES = {
    Shelf.ALL: mark("button.kb_all"),
    Shelf.MINE: mark("button.kb_mine"),
    Shelf.STALE: mark("button.kb_stale"),
    Shelf.FLAGGED: mark("button.kb_flagged"),
}
_QUESTIONS = {
    KbQuestion.NOTE: mark("button.kb_note"),
    KbQuestion.VALIDITY: mark("button.kb_validity"),
    KbQuestion.REFRESH: mark("button.kb_refresh"),
}


def list_keyboard(page: DocumentsPage, texts: Texts) -> InlineKeyboardMarkup | None:
    rows: list[Row] = []
    for number, item in enumerate(page.items, start=page.first):
        document = item.entry.document
        data = KbCard(document_id=document.id, here=True, shelf=page.shelf, page=page.number)
        rows.append([_button(f"{number}. {icon(document)} {excerpt(document.title, 40)}", data)])
    if page.pages > 1:
        before, after = (KbPage(shelf=page.shelf, page=(page.number + step) % page.pages) for step in (-1, 1))
        place = _button(f"{page.number + 1}/{page.pages}", CounterPress())
        rows.append([_button("◀", before), place, _button("▶", after)])
    rows.append(_shelves(page, texts))
    rows = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def card_keyboard(card: DocumentCard, texts: Texts, *, shelf: Shelf = Shelf.ALL, page: int = 0) -> InlineKeyboardMarkup:
    document, rows = card.document, list[Row]()
    pressed = {"document_id": document.id, "version": document.version}
    kept = {**pressed, "shelf": shelf, "page": page}
    original = _button(texts("button.kb_original"), KbPress(**kept, step=KbStep.ORIGINAL))
    if card.may_change:
        if card.standing is not Standing.EXPIRED:
            rows.append([_button(texts("button.kb_confirm"), KbPress(**kept, step=KbStep.CONFIRM), SUCCESS)])
        rows.append([_button(texts(key), KbAsk(**pressed, question=question)) for question, key in _QUESTIONS.items()])
        rows.append([_button(texts("button.kb_replace"), KbAsk(**pressed, question=KbQuestion.FILE))])
        delete = _button(texts("button.kb_delete"), KbPress(**kept, step=KbStep.DELETE), DANGER)
        rows.append([original, delete] if document.passport.file_key else [delete])
    elif document.passport.file_key:
        rows.append([original])
    rows.append([_to_list(texts, shelf, page)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def delete_keyboard(card: DocumentCard, texts: Texts, shelf: Shelf, page: int) -> InlineKeyboardMarkup:
    """The second tap."""
    document = card.document
    kept = {"document_id": document.id, "shelf": shelf, "page": page}
    sure = KbPress(**kept, version=document.version, step=KbStep.DELETE_NOW)
    rows = [
        [_button(texts("button.kb_delete_now"), sure, DANGER)],
        [_button(texts("button.back"), KbCard(**kept, here=True))],
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def to_list_keyboard(texts: Texts, shelf: Shelf = Shelf.ALL, page: int = 0) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_to_list(texts, shelf, page)]])


def cards_keyboard(entries: Sequence[CatalogueEntry]) -> InlineKeyboardMarkup:
    """Each opens a card in a message of its own."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                _button(
                    f"{number}. {icon(entry.document)} {excerpt(entry.document.title, 40)}",
                    KbCard(document_id=entry.document.id, shelf=Shelf.STALE),
                )
            ]
            for number, entry in enumerate(entries, start=1)
        ]
    )


def _shelves(page: DocumentsPage, texts: Texts) -> Row:
    """Those with something on them; none where there is nothing to choose between."""
    there = [shelf for shelf in Shelf if page.counts[shelf] or shelf in (Shelf.ALL, page.shelf)]
    if len(there) == 1:
        return []
    labels = {shelf: f"{texts(_SHELVES[shelf])} {page.counts[shelf]}" for shelf in there}
    return [
        _button(f"• {labels[shelf]}" if shelf is page.shelf else labels[shelf], KbPage(shelf=shelf)) for shelf in there
    ]


def _to_list(texts: Texts, shelf: Shelf, page: int) -> InlineKeyboardButton:
    return _button(texts("button.kb_to_list"), KbPage(shelf=shelf, page=page))


def _button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)
