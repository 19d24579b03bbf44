"""Keyboards under answers: thumbs, and the documents that should have answered."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.answer_callbacks import GoldenPress, GoldenStep, MarkPress
from handlers.i18n import Texts
from handlers.views.history import excerpt
from services.assistant.knowledge.offer_question import Offer

_LABEL = 40


def thumbs(generation_id: int) -> list[InlineKeyboardButton]:
    return [
        _button("👍", MarkPress(generation_id=generation_id, is_good=True)),
        _button("👎", MarkPress(generation_id=generation_id, is_good=False)),
    ]


def marked_keyboard(generation_id: int, texts: Texts) -> InlineKeyboardMarkup:
    """Under the notice of a bad mark."""
    data = GoldenPress(generation_id=generation_id, step=GoldenStep.DRAW)
    return InlineKeyboardMarkup(inline_keyboard=[[_button(texts("button.golden"), data)]])


def golden_keyboard(offer: Offer, chosen: int, texts: Texts) -> InlineKeyboardMarkup:
    """`chosen`: a bit for each document that is ticked."""
    pressed = {"generation_id": offer.generation_id, "check": offer.check}
    rows = [
        [
            _button(
                f"{'✅' if chosen >> place & 1 else '▫️'} {excerpt(document.title, _LABEL)}",
                GoldenPress(**pressed, step=GoldenStep.DRAW, chosen=chosen ^ 1 << place),
            )
        ]
        for place, document in enumerate(offer.documents)
    ]
    if chosen:
        rows.append([_button(texts("button.golden_keep"), GoldenPress(**pressed, step=GoldenStep.KEEP, chosen=chosen))])
    rows.append([_button(texts("button.golden_nothing"), GoldenPress(**pressed, step=GoldenStep.NOTHING))])
    rows.append([_button(texts("button.cancel"), GoldenPress(**pressed, step=GoldenStep.DROP))])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())
