"""Keyboards under lists of waiting drafts: a button opens the draft anew, with buttons that work."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import CounterPress, HistoryPress, QueuePress
from handlers.views.history import excerpt
from handlers.views.queue import SHOWN
from services.assistant.list_queue import QueueItem, QueuePage

Rows = list[list[InlineKeyboardButton]]


def queue_keyboard(page: QueuePage) -> InlineKeyboardMarkup | None:
    rows = _open_buttons(page.items, page.first)
    if page.pages > 1:
        turns = [
            InlineKeyboardButton(text=sign, callback_data=QueuePress(page=(page.number + step) % page.pages).pack())
            for sign, step in (("◀", -1), ("▶", 1))
        ]
        place = f"{page.number + 1}/{page.pages}"
        rows.append([turns[0], InlineKeyboardButton(text=place, callback_data=CounterPress().pack()), turns[1]])
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def drafts_keyboard(items: Sequence[QueueItem]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=_open_buttons(items[:SHOWN], 1))


def _open_buttons(items: Sequence[QueueItem], first: int) -> Rows:
    return [
        [
            InlineKeyboardButton(
                text=f"{number}. {excerpt(item.brief_text, 28)}",
                callback_data=HistoryPress(generation_id=item.generation_id).pack(),
            )
        ]
        for number, item in enumerate(items, start=first)
    ]
