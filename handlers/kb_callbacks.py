"""What the buttons of /kb carry: see `callbacks.py`."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks import RowId, Version
from services.domain.catalogue import Shelf

PageNumber = Annotated[int, Field(ge=0, le=10_000)]


class KbPage(CallbackData, prefix="kb"):
    """A page of /kb. Words that were searched for stand in the message that it replies to."""

    shelf: Shelf = Shelf.ALL
    page: PageNumber = 0


class KbCard(CallbackData, prefix="kd"):
    """The card of a document."""

    document_id: RowId
    here: bool = False
    """In place of the pressed message; else in one of its own."""
    shelf: Shelf = Shelf.ALL
    page: PageNumber = 0
    """Where the way back leads."""


class KbStep(StrEnum):
    CONFIRM = "c"
    """It still holds."""
    ORIGINAL = "o"
    DELETE = "d"
    """Asks whether it is meant."""
    DELETE_NOW = "x"


class KbPress(CallbackData, prefix="ks"):
    """Under the card of a document."""

    document_id: RowId
    version: Version
    step: KbStep
    shelf: Shelf = Shelf.ALL
    page: PageNumber = 0


class KbQuestion(StrEnum):
    NOTE = "n"
    VALIDITY = "v"
    REFRESH = "r"
    FILE = "f"
    """The next version."""


class KbAsk(CallbackData, prefix="ke"):
    """Under the card of a document: the person's next message says what is to be in its passport, or is its file."""

    document_id: RowId
    version: Version
    question: KbQuestion
