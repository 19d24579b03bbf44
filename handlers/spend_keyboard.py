"""Buttons under the picture of /spend."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import DigestPress, SpendPress
from handlers.digest_keyboard import cadence_button
from handlers.i18n import Texts, mark
from services.assistant.report_spending import SpendingReport
from services.domain.spending import SpendingGroup
from services.domain.spending_days import SpendingPeriod

PERIODS = {
    SpendingPeriod.TODAY: mark("spend.button_today"),
    SpendingPeriod.WEEK: mark("spend.button_week"),
    SpendingPeriod.THIRTY: mark("spend.button_thirty"),
    SpendingPeriod.MONTH: mark("spend.button_month"),
    SpendingPeriod.ALL: mark("spend.button_all"),
}
GROUPS = {
    SpendingGroup.MODEL: mark("spend.button_model"),
    SpendingGroup.PERSON: mark("spend.button_person"),
    SpendingGroup.PROJECT: mark("spend.button_project"),
    SpendingGroup.TASK: mark("spend.button_task"),
    SpendingGroup.PROMPT: mark("spend.button_prompt"),
    SpendingGroup.CHAT: mark("spend.button_chat"),
}
IN_A_ROW = 3


def spend_keyboard(report: SpendingReport, texts: Texts, *, dark: bool) -> InlineKeyboardMarkup:
    shown = SpendPress(period=report.period, group=report.group, dark=dark)
    periods = [
        _button(texts(key), shown.model_copy(update={"period": period}), chosen=period is report.period)
        for period, key in PERIODS.items()
    ]
    groups = [
        _button(texts(key), shown.model_copy(update={"group": group}), chosen=group is report.group)
        for group, key in GROUPS.items()
        if report.of_team or group is not SpendingGroup.PERSON
    ]
    others = [
        _button("☀️" if dark else "🌙", shown.model_copy(update={"dark": not dark})),
        _button(texts("spend.button_csv"), shown.model_copy(update={"as_file": True})),
    ]
    rows = [*_rows(periods), *_rows(groups), others]
    if report.digest is not None:
        below = DigestPress(cadence=report.digest.cadence, shown=report.period, group=report.group, dark=dark)
        rows.append([cadence_button(report.digest, texts, below)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, press: SpendPress, *, chosen: bool = False) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=f"• {text}" if chosen else text, callback_data=press.pack())


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [list(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW)]
