"""What the buttons under a lesson carry: see `callbacks.py`."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks import RowId


class LessonStep(StrEnum):
    ADD = "a"
    """Into the knowledge base with what was sent without a word."""
    CANCEL = "x"
    RETRY = "r"


class LessonPress(CallbackData, prefix="ls"):
    """Under what is to be learned."""

    lesson_id: RowId
    step: LessonStep
