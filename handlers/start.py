"""/start and /help. A deep link (t.me/<bot>?start=…) may lead straight to a question or to a draft."""

from aiogram.filters import CommandObject

from handlers.briefs import ask_for_brief
from handlers.history import open_draft
from handlers.i18n import Catalogues, Texts
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from handlers.views.budget import caps_line
from handlers.views.message import message as words
from services.assistant.budgets.show_budgets import ShowBudgets
from services.assistant.find_draft import FindDraft
from services.assistant.pending_inputs import PendingInputs
from services.assistant.show_attempt import ShowAttempt
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.member import Member

_TASKS = {"idea": Task.IDEA, "ask": Task.ASK}
DRAFT_LINK = "draft_"


def add_commands(commands: CommandTable) -> None:
    commands.add("start", start)
    commands.add("help", help_)


async def start(
    *,
    command: CommandObject,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    catalogues: Catalogues,
    sender: MessageSender,
    pending_inputs: PendingInputs,
    find_draft: FindDraft,
    show_attempt: ShowAttempt,
    show_budgets: ShowBudgets,
) -> None:
    payload = (command.args or "").strip()
    number = payload.removeprefix(DRAFT_LINK)
    if payload in _TASKS:
        await ask_for_brief(_TASKS[payload], member, address, texts, sender, pending_inputs)
    elif payload.startswith(DRAFT_LINK) and number.isdecimal() and len(number) < 19:
        await open_draft(member, int(number), address, catalogues, sender, find_draft, show_attempt)
    else:
        hello = texts("start.hello", name=member.name)
        await sender.send(address, words(await _with_caps(hello, member, texts, show_budgets)))


async def help_(
    member: Member, address: ChatAddress, texts: Texts, sender: MessageSender, show_budgets: ShowBudgets
) -> None:
    sections = [texts("help.text"), texts("help.admin") if member.may_administer else ""]
    said = "\n\n".join(filter(None, sections))
    await sender.send(address, words(await _with_caps(said, member, texts, show_budgets)))


async def _with_caps(said: str, member: Member, texts: Texts, show_budgets: ShowBudgets) -> str:
    """Admins hear what may be spent at most, before it is spent."""
    if not member.may_administer:
        return said
    return f"{said}\n\n{caps_line(await show_budgets(member), texts)}"
