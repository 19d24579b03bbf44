"""A person corrects the message that carried their brief.

Silence is the answer to every other edit: of old briefs, of a command that was taken away, of words that were an answer
to a question of ours.
"""

from datetime import UTC, datetime

from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from handlers.briefs import request_of
from handlers.i18n import Texts
from services.assistant.rerun_edited_brief import Edit, RerunEditedBrief
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.member import Member

_TASKS = {task.value: task for task in Task}


def carries_brief() -> Command:
    return Command(*_TASKS, ignore_case=True)


async def brief_edited(
    message: Message,
    *,
    command: CommandObject,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    rerun_edited_brief: RerunEditedBrief,
    member: Member | None = None,
) -> None:
    if member is None or message.edit_date is None:
        return
    task = _TASKS[command.command.lower()]
    request = request_of(message, command, task, texts)
    edit = Edit(request.text, request.material, message.date, datetime.fromtimestamp(message.edit_date, UTC))
    await rerun_edited_brief(member, address, edit, task=task, language=language)
