"""Somebody asks for more, is told no, or can run what was refused: deliveries around budgets."""

from collections.abc import Awaitable, Callable

from handlers.budget_keyboards import asked_keyboard, ready_keyboard
from handlers.delivery_renderers import Content, Renderers, Said
from handlers.i18n import Texts
from handlers.views.budget import state_line, title_of
from handlers.views.formatted import Composer, Style
from handlers.views.history import excerpt
from handlers.views.message import RenderedMessage, message
from handlers.views.money import budget_name, when_anew
from handlers.views.people import person
from services.assistant.budgets.sheet import BudgetSheet
from services.delivery.ports import NotNeeded
from services.domain.budget import BudgetKey, BudgetPeriod, BudgetScope
from services.domain.delivery import Delivery, DeliveryKind

FindSheet = Callable[[BudgetKey], Awaitable[BudgetSheet]]
"""As it stands today."""
FindSaved = Callable[[dict[str, int]], Awaitable[str | None]]
"""By the payload of BUDGET_READY: the words of the request; None when it waits no longer."""


def budget_answer_renderers(find_sheet: FindSheet, find_saved: FindSaved) -> Renderers:
    async def asked(delivery: Delivery, texts: Texts) -> Content:
        payload = delivery.payload
        key = BudgetKey(BudgetScope(payload["scope"]), int(payload["scope_id"]), BudgetPeriod(payload["period"]))
        sheet = await find_sheet(key)
        if sheet.account.starts_on.isoformat() != payload["starts_on"] or sheet.account.limit_microusd is None:
            raise NotNeeded
        who = person(str(payload["from"]), str(payload["username"]) or None)
        composer = Composer().write("🙋 ").line(texts("budget.asked_by", name=who), Style.BOLD)
        composer.line(title_of(sheet, texts)).write(state_line(sheet.account, texts))
        return Said(RenderedMessage(composer.build()), asked_keyboard(sheet, texts))

    async def denied(delivery: Delivery, texts: Texts) -> Content:
        scope, period = str(delivery.payload["scope"]), str(delivery.payload["period"])
        said = texts("budget.denied", budget=budget_name(scope, period, texts))
        return Said(message(f"{said} {when_anew(period, texts)}"))

    async def ready(delivery: Delivery, texts: Texts) -> Content:
        request = await find_saved(delivery.payload)
        if request is None:
            raise NotNeeded
        said = texts("budget.ready", request=excerpt(request, 60)) if request else texts("budget.ready_recording")
        return Said(message(f"🟢 {said}"), ready_keyboard(delivery.payload, texts))

    return {DeliveryKind.BUDGET_ASKED: asked, DeliveryKind.BUDGET_DENIED: denied, DeliveryKind.BUDGET_READY: ready}
