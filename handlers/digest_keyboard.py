"""Buttons of the digest: into /spend, and how often it comes."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import DigestPress, SpendAnewPress
from handlers.i18n import Texts, mark
from services.assistant.digests.chosen import ChosenDigest
from services.domain.digest import DigestCadence
from services.domain.spending import SpendingGroup
from services.domain.spending_days import SpendingPeriod

_LABELS = {
    DigestCadence.DAILY: mark("digest.button_daily"),
    DigestCadence.WEEKLY: mark("digest.button_weekly"),
    DigestCadence.OFF: mark("digest.button_off"),
}
_NEXT = {
    DigestCadence.WEEKLY: DigestCadence.DAILY,
    DigestCadence.DAILY: DigestCadence.OFF,
    DigestCadence.OFF: DigestCadence.WEEKLY,
}


def digest_keyboard(chosen: ChosenDigest, texts: Texts) -> InlineKeyboardMarkup:
    open_people = SpendAnewPress(period=SpendingPeriod.WEEK, group=SpendingGroup.PERSON)
    open_month = SpendAnewPress(period=SpendingPeriod.MONTH, group=SpendingGroup.MODEL)
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=texts("digest.button_people"), callback_data=open_people.pack()),
                InlineKeyboardButton(text=texts("digest.button_month"), callback_data=open_month.pack()),
            ],
            [cadence_button(chosen, texts, DigestPress(cadence=DigestCadence.OFF))],
        ]
    )


def cadence_button(chosen: ChosenDigest, texts: Texts, below: DigestPress) -> InlineKeyboardButton:
    """Says how often it comes; a press chooses the next. `below`: the screen that the button is on."""
    press = below.model_copy(update={"cadence": _NEXT[chosen.cadence]})
    return InlineKeyboardButton(text=texts(_LABELS[chosen.cadence]), callback_data=press.pack())
