"""Presses on budgets: in notices, under refused requests, and in what /budget shows."""

from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from handlers.budget_keyboards import budgets_keyboard, day_of, opened_keyboard
from handlers.callbacks import BudgetPress, BudgetStep
from handlers.i18n import Texts
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.budget import answered_message, budgets_message, opened_message
from handlers.views.message import RenderedMessage
from services.assistant.budgets.ask_for_more import AskForMore
from services.assistant.budgets.deny_more import DenyMore
from services.assistant.budgets.free_budget import FreeBudget
from services.assistant.budgets.grant_extra import GrantExtra
from services.assistant.budgets.open_budget import OpenBudget
from services.assistant.budgets.raise_budget import RaiseBudget
from services.assistant.budgets.sheet import PressedBudget
from services.assistant.budgets.show_budgets import ShowBudgets
from services.assistant.budgets.target import BudgetTarget
from services.domain.budget import BudgetKey
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import NotAllowed
from services.domain.member import Member

Shown = tuple[RenderedMessage, InlineKeyboardMarkup | None]


def add_presses(presses: PressTable) -> None:
    presses.add(BudgetPress, press_budget, when_stale=show_as_it_is)


async def press_budget(
    press: Press,
    *,
    data: BudgetPress,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    ask_for_more: AskForMore,
    show_budgets: ShowBudgets,
    open_budget: OpenBudget,
    grant_extra: GrantExtra,
    raise_budget: RaiseBudget,
    free_budget: FreeBudget,
    deny_more: DenyMore,
) -> None:
    if data.step is BudgetStep.ASK and not member.may_administer:
        is_first = await ask_for_more(member, chat, key_of(data), day_of(data))
        await press.answer(texts("budget.asked") if is_first else texts("budget.asked_before"), alert=True)
        return
    if not member.may_administer:
        raise NotAllowed
    if data.step is BudgetStep.GRANT_HERE:
        await grant_extra(member, pressed_of(data))
        await press.answer(texts("budget.granted_here"), alert=True)
        return
    desk = _Desk(member, chat, texts, show_budgets, open_budget)
    shown = await desk.shown_after(data, grant_extra, raise_budget, free_budget, deny_more)
    await press.answer(None if data.step in _LOOKING else texts("budget.saved"))
    if data.step is BudgetStep.ASK:  # an admin reads their own refused request: it stays, the budget comes below
        await sender.send(address.at(None), *shown)
    else:
        await sender.edit(address, *shown)


async def show_as_it_is(
    data: BudgetPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    open_budget: OpenBudget,
) -> None:
    """After a press on outdated buttons."""
    if member.may_administer and data.step not in (BudgetStep.ASK, BudgetStep.GRANT_HERE):
        opened = await open_budget(member, key_of(data))
        await sender.edit(address, opened_message(opened, texts), opened_keyboard(opened.sheet, texts))


_LOOKING = (BudgetStep.LIST, BudgetStep.OPEN, BudgetStep.ASK)


@dataclass(frozen=True, slots=True)
class _Desk:
    admin: Member
    chat: Chat
    texts: Texts
    show_budgets: ShowBudgets
    open_budget: OpenBudget

    async def shown_after(
        self, data: BudgetPress, grant: GrantExtra, raise_: RaiseBudget, free: FreeBudget, deny: DenyMore
    ) -> Shown:
        """Carries the press out; what its message shows then."""
        pressed, name = pressed_of(data), self.admin.name
        if data.step is BudgetStep.LIST:
            report = await self.show_budgets(self.admin, self.chat)
            return budgets_message(report, self.texts), budgets_keyboard(report, self.texts)
        if data.step is BudgetStep.GRANT:
            sheet = await grant(self.admin, pressed)
            return answered_message(sheet, self.texts("budget.granted_by", name=name), self.texts), None
        if data.step is BudgetStep.DENY:
            sheet = await deny(self.admin, pressed)
            return answered_message(sheet, self.texts("budget.denied_by", name=name), self.texts), None
        if data.step in (BudgetStep.ADD, BudgetStep.DOUBLE):
            await raise_(self.admin, pressed, doubled=data.step is BudgetStep.DOUBLE)
        elif data.step is BudgetStep.FREE:
            await free(self.admin, self.chat, BudgetTarget(data.scope, scope_id=data.scope_id), data.period)
        opened = await self.open_budget(self.admin, pressed.key)
        return opened_message(opened, self.texts), opened_keyboard(opened.sheet, self.texts)


def key_of(data: BudgetPress) -> BudgetKey:
    return BudgetKey(data.scope, data.scope_id, data.period)


def pressed_of(data: BudgetPress) -> PressedBudget:
    return PressedBudget(key_of(data), day_of(data), data.limit_cents)
