"""/budget: what may be spent. Admins set it by words and by buttons."""

from dataclasses import replace

from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.budget_keyboards import budgets_keyboard, opened_keyboard
from handlers.budget_words import BudgetOrder, read_order
from handlers.i18n import Texts
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from handlers.views.budget import budgets_message, rule_line, state_line, title_of
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.message import message as words
from services.assistant.budgets.free_budget import FreeBudget
from services.assistant.budgets.set_budget import SetBudget
from services.assistant.budgets.sheet import BudgetSheet
from services.assistant.budgets.show_budgets import ShowBudgets
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import NotAllowed
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("budget", budget)


async def budget(
    *,
    message: Message,
    command: CommandObject,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    show_budgets: ShowBudgets,
    set_budget: SetBudget,
    free_budget: FreeBudget,
) -> None:
    said = (command.args or "").strip()
    if not said:
        # In a group everybody reads along: an admin's overview of all people belongs into their private chat.
        report = await show_budgets(member, chat)
        await sender.send(address.at(None), budgets_message(report, texts), budgets_keyboard(report, texts))
        return
    if not member.may_administer:
        raise NotAllowed
    order = read_order(said)
    if order is None:
        await sender.send(address.at(None), words(texts("budget.how")), reply_to=address.message_id)
        return
    order = _mentioned(order, message)
    sheets = await _carry_out(order, member, chat, set_budget, free_budget)
    keyboard = opened_keyboard(sheets[0], texts) if len(sheets) == 1 else None
    await sender.send(address.at(None), done_message(sheets, texts), keyboard, reply_to=address.message_id)


async def _carry_out(
    order: BudgetOrder, admin: Member, chat: Chat, set_budget: SetBudget, free_budget: FreeBudget
) -> tuple[BudgetSheet, ...]:
    if order.limit_microusd is not None:
        period, limit = order.usual_period, order.limit_microusd
        return (await set_budget(admin, chat, order.target, period, limit, is_hard=order.is_hard),)
    return await free_budget(admin, chat, order.target, order.period, as_every_one=order.as_every_one)


def done_message(sheets: tuple[BudgetSheet, ...], texts: Texts) -> RenderedMessage:
    composer = Composer().write(texts("budget.done") if sheets else texts("budget.was_free"))
    for sheet in sheets:
        composer.write("\n\n").line(title_of(sheet, texts), Style.BOLD)
        composer.write(rule_line(sheet, texts) if sheet.is_for_every_one else state_line(sheet.account, texts))
    return RenderedMessage(composer.build())


def _mentioned(order: BudgetOrder, message: Message) -> BudgetOrder:
    """A person without a username is mentioned by an entity that carries their id."""
    person = next((one.user for one in message.entities or () if one.type == "text_mention" and one.user), None)
    return order if person is None else replace(order, target=replace(order.target, telegram_id=person.id))
