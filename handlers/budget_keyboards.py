"""Buttons of budgets: the list, one of them, and what stands under a refused request."""

from datetime import date

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import BudgetPress, BudgetStep, RecordingPress, RecordingStep, RetryPress
from handlers.i18n import Texts
from handlers.keyboards import DANGER, PRIMARY, SUCCESS, retry_keyboard
from handlers.views.budget import title_of
from services.assistant.budgets.sheet import MICROUSD_A_CENT, BudgetSheet
from services.assistant.budgets.show_budgets import BudgetReport
from services.assistant.ports import Failure
from services.domain.budget import BudgetPeriod, BudgetScope
from services.domain.errors import BudgetExhausted, TooManyRequests

MOST_BUTTONS = 12
Rows = list[list[InlineKeyboardButton]]


def budgets_keyboard(report: BudgetReport, texts: Texts) -> InlineKeyboardMarkup | None:
    if not report.is_admin:
        return None
    sheets = (*report.sheets[: MOST_BUTTONS - len(report.rules)], *report.rules)
    rows = [[_button(title_of(sheet, texts)[:60], press_of(sheet, BudgetStep.OPEN))] for sheet in sheets]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def opened_keyboard(sheet: BudgetSheet, texts: Texts) -> InlineKeyboardMarkup:
    rows: Rows = []
    if sheet.account.limit_microusd is not None:
        if not sheet.is_for_every_one:
            rows.append([_button(texts("budget.button_grant"), press_of(sheet, BudgetStep.GRANT), SUCCESS)])
        add, double = press_of(sheet, BudgetStep.ADD), press_of(sheet, BudgetStep.DOUBLE)
        rows.append([_button(texts("budget.button_add"), add), _button(texts("budget.button_double"), double)])
        rows.append([_button(texts("budget.button_free"), press_of(sheet, BudgetStep.FREE), DANGER)])
    rows.append([_button(texts("budget.button_list"), BudgetPress(step=BudgetStep.LIST))])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def asked_keyboard(sheet: BudgetSheet, texts: Texts) -> InlineKeyboardMarkup:
    """Under somebody's wish for more."""
    grant = _button(texts("budget.button_grant"), press_of(sheet, BudgetStep.GRANT), SUCCESS)
    raise_ = _button(texts("budget.button_raise"), press_of(sheet, BudgetStep.OPEN))
    deny = _button(texts("budget.button_deny"), press_of(sheet, BudgetStep.DENY), DANGER)
    return InlineKeyboardMarkup(inline_keyboard=[[grant], [raise_, deny]])


def failure_keyboard(failure: Failure, texts: Texts) -> InlineKeyboardMarkup | None:
    """None: it makes no sense to try again."""
    if not failure.retryable:
        return None
    if failure.code == TooManyRequests.code:
        return _run_keyboard(failure.generation.id, failure.generation.version, texts)
    rows: Rows = list(retry_keyboard(failure.generation, texts).inline_keyboard)
    if failure.code == BudgetExhausted.code:
        rows += more_rows(failure.generation.error_facts, texts, may_grant=failure.may_grant)
    return InlineKeyboardMarkup(inline_keyboard=rows)


def more_rows(facts: dict[str, int | str], texts: Texts, *, may_grant: bool) -> Rows:
    """For a request that was refused. Facts: of BudgetExhausted."""
    try:
        press = BudgetPress(
            step=BudgetStep.ASK,
            scope=BudgetScope(str(facts["scope"])),
            scope_id=int(facts["scope_id"]),
            period=BudgetPeriod(str(facts["period"])),
            starts_on=int(facts["starts_on"]),
            limit_cents=int(str(facts["limit"]).replace(".", "")),
        )
    except (KeyError, ValueError):
        return []  # refused before these facts were written down
    rows = [[_button(texts("budget.button_ask"), press)]]
    if may_grant:
        here = press.model_copy(update={"step": BudgetStep.GRANT_HERE})
        rows[0].append(_button(texts("budget.button_grant_here"), here))
    return rows


def ready_keyboard(payload: dict[str, int], texts: Texts) -> InlineKeyboardMarkup:
    """Runs a saved request. Payload: of a BUDGET_READY delivery."""
    version = payload["version"]
    if "generation_id" in payload:
        data: RetryPress | RecordingPress = RetryPress(generation_id=payload["generation_id"], version=version)
    else:
        data = RecordingPress(recording_id=payload["recording_id"], version=version, step=RecordingStep.RETRY)
    run = InlineKeyboardButton(text=texts("budget.button_run"), callback_data=data.pack(), style=PRIMARY)
    return InlineKeyboardMarkup(inline_keyboard=[[run]])


def _run_keyboard(generation_id: int, version: int, texts: Texts) -> InlineKeyboardMarkup:
    data = RetryPress(generation_id=generation_id, version=version)
    run = InlineKeyboardButton(text=texts("budget.button_run"), callback_data=data.pack(), style=PRIMARY)
    return InlineKeyboardMarkup(inline_keyboard=[[run]])


def press_of(sheet: BudgetSheet, step: BudgetStep) -> BudgetPress:
    account = sheet.account
    return BudgetPress(
        step=step,
        scope=account.key.scope,
        scope_id=account.key.scope_id,
        period=account.key.period,
        starts_on=account.starts_on.toordinal(),
        limit_cents=(account.allowed_microusd or 0) // MICROUSD_A_CENT,
    )


def day_of(press: BudgetPress) -> date:
    return date.fromordinal(max(press.starts_on, 1))


def _button(text: str, data: BudgetPress, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)
