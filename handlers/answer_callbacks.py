"""What the buttons under an answer carry: see `callbacks.py`."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks import RowId


class MarkPress(CallbackData, prefix="mk"):
    """Under an answer: was it of use?"""

    generation_id: RowId
    is_good: bool


class GoldenStep(StrEnum):
    DRAW = "d"
    """The documents, with those ticked that `chosen` names."""
    KEEP = "k"
    NOTHING = "n"
    """Nothing answers it."""
    DROP = "x"


class GoldenPress(CallbackData, prefix="gq"):
    """A question becomes a golden one."""

    generation_id: RowId
    step: GoldenStep
    chosen: Annotated[int, Field(ge=0, le=255)] = 0
    """A bit for each document of the list."""
    check: Annotated[int, Field(ge=0, le=0xFFFF)] = 0
    """Of the list as it was drawn."""
