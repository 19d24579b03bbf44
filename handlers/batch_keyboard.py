"""Buttons under a night run."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import BatchPress, BatchStep
from handlers.i18n import Texts
from handlers.keyboards import SUCCESS
from services.domain.batch import Batch, BatchState


def batch_keyboard(batch: Batch, texts: Texts) -> InlineKeyboardMarkup | None:
    """None: there is nothing to decide any more."""
    if batch.is_over or batch.cancel_reason is not None:
        return None
    rows = [[_button(batch, BatchStep.CANCEL, texts("batch.button_cancel"))]]
    if batch.state is BatchState.ESTIMATED:
        rows.insert(0, [_button(batch, BatchStep.CONFIRM, texts("batch.button_confirm"), style=SUCCESS)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(batch: Batch, step: BatchStep, text: str, *, style: str | None = None) -> InlineKeyboardButton:
    data = BatchPress(batch_id=batch.id, version=batch.version, step=step)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)
