"""Notices about budgets, with what their reader can do about it."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import BudgetPress, BudgetStep
from handlers.delivery_renderers import Content, Renderers, Said
from handlers.i18n import Texts, mark
from handlers.views.budget_notice import BudgetNotice, budget_notice_message, read_notice
from services.domain.delivery import Delivery, DeliveryKind

_BY_ADMINS = (
    (mark("budget_notice.button_grant"), BudgetStep.GRANT),
    (mark("budget_notice.button_raise"), BudgetStep.OPEN),
    (mark("budget_notice.button_deny"), BudgetStep.DENY),
)
_BY_PERSON = ((mark("budget_notice.button_ask"), BudgetStep.ASK),)
_MICROUSD_A_CENT = 10_000


def budget_renderers() -> Renderers:
    async def notice(delivery: Delivery, texts: Texts) -> Content:
        told = read_notice(delivery.payload)
        return Said(
            budget_notice_message(told, texts), notice_keyboard(told, bool(delivery.payload["for_admin"]), texts)
        )

    return {DeliveryKind.BUDGET_NOTICE: notice}


def notice_keyboard(notice: BudgetNotice, texts: Texts, *, is_admin: bool) -> InlineKeyboardMarkup:
    steps = _BY_ADMINS if is_admin else _BY_PERSON
    row = [InlineKeyboardButton(text=texts(label), callback_data=_press(step, notice).pack()) for label, step in steps]
    return InlineKeyboardMarkup(inline_keyboard=[row[:1], row[1:]] if row[1:] else [row])


def _press(step: BudgetStep, notice: BudgetNotice) -> BudgetPress:
    return BudgetPress(
        step=step,
        scope=notice.key.scope,
        scope_id=notice.key.scope_id,
        period=notice.key.period,
        starts_on=notice.starts_on.toordinal(),
        limit_cents=notice.limit_microusd // _MICROUSD_A_CENT,
    )
