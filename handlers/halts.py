"""/kill on|off [project]: the kill switch, with a question before it."""

from aiogram.filters import CommandObject
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import HaltPress, HaltStep
from handlers.i18n import Texts
from handlers.keyboards import DANGER, SUCCESS
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.halt import halt_question, halt_report
from handlers.views.message import message as words
from services.assistant.halts.halt_generation import HaltGeneration
from services.assistant.halts.lift_halt import LiftHalt
from services.assistant.halts.report_halts import HaltReport, ReportHalts
from services.domain.chat import ChatAddress
from services.domain.member import Member

_ON = frozenset({"on", "вкл", "стоп", "stop"})
_OFF = frozenset({"off", "выкл", "снять", "lift"})


def add_commands(commands: CommandTable) -> None:
    commands.add("kill", kill)


def add_presses(presses: PressTable) -> None:
    presses.add(HaltPress, press_halt)


async def kill(
    *,
    command: CommandObject,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    report_halts: ReportHalts,
) -> None:
    order, _, project = (command.args or "").strip().partition(" ")
    order = order.casefold()
    report = await report_halts(member, project.strip() or None)
    if order in _ON | _OFF:
        question = halt_question(report, texts, halting=order in _ON)
        await sender.send(address.at(None), question, _confirm(report, texts, halting=order in _ON))
    elif order:
        await sender.send(address.at(None), words(texts("halt.how")), reply_to=address.message_id)
    else:
        await sender.send(address.at(None), halt_report(report, texts), _choices(report, texts))


async def press_halt(
    press: Press,
    *,
    data: HaltPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    report_halts: ReportHalts,
    halt_generation: HaltGeneration,
    lift_halt: LiftHalt,
) -> None:
    if data.step is HaltStep.HALT:
        report = await halt_generation(member, data.project_id)
        await press.answer(texts("halt.done"))
    elif data.step is HaltStep.LIFT:
        report = await lift_halt(member, data.project_id)
        await press.answer(texts("halt.lifted"))
    else:
        report = await report_halts(member)
    await sender.edit(address, halt_report(report, texts), _choices(report, texts))


def _confirm(report: HaltReport, texts: Texts, *, halting: bool) -> InlineKeyboardMarkup:
    project_id = report.meant.id if report.meant else 0
    yes = _halt(texts, project_id) if halting else _lift(texts("halt.button_lift"), project_id)
    back = InlineKeyboardButton(text=texts("button.back"), callback_data=HaltPress(step=HaltStep.BACK).pack())
    return InlineKeyboardMarkup(inline_keyboard=[[yes], [back]])


def _choices(report: HaltReport, texts: Texts) -> InlineKeyboardMarkup | None:
    """Lifts what is halted. Halting needs a command: it should not happen by a slip of the thumb."""
    rows = [[_lift(texts("halt.button_lift_project", name=one.name)[:60], one.id)] for one in report.halted]
    if report.everything:
        rows.insert(0, [_lift(texts("halt.button_lift"), 0)])
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _halt(texts: Texts, project_id: int) -> InlineKeyboardButton:
    data = HaltPress(step=HaltStep.HALT, project_id=project_id)
    return InlineKeyboardButton(text=texts("halt.button_halt"), callback_data=data.pack(), style=DANGER)


def _lift(text: str, project_id: int) -> InlineKeyboardButton:
    data = HaltPress(step=HaltStep.LIFT, project_id=project_id)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=SUCCESS)
