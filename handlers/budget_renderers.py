"""Notices about budgets, with what their reader can do about it."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.budget_keyboards import asked_keyboard, press_of
from handlers.callbacks import BudgetStep
from handlers.delivery_renderers import Content, Renderers, Said
from handlers.i18n import Texts
from handlers.views.budget_notice import budget_notice_message, read_notice
from services.assistant.budgets.sheet import BudgetSheet
from services.domain.delivery import Delivery, DeliveryKind


def budget_renderers() -> Renderers:
    async def notice(delivery: Delivery, texts: Texts) -> Content:
        told = read_notice(delivery.payload)
        sheet = BudgetSheet(told.account, told.name)
        keyboard = asked_keyboard(sheet, texts) if told.for_admin else _for_person(sheet, texts)
        return Said(budget_notice_message(told, texts), keyboard)

    return {DeliveryKind.BUDGET_NOTICE: notice}


def _for_person(sheet: BudgetSheet, texts: Texts) -> InlineKeyboardMarkup:
    ask = InlineKeyboardButton(text=texts("budget.button_ask"), callback_data=press_of(sheet, BudgetStep.ASK).pack())
    return InlineKeyboardMarkup(inline_keyboard=[[ask]])
