"""/status: is everything in order?"""

from datetime import UTC, datetime

from aiogram import Bot

from handlers.i18n import Texts
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from handlers.undelivered_keyboards import show_undelivered_keyboard
from handlers.views.status import full_status, short_status
from services.assistant.report_status import ReportStatus
from services.domain.chat import ChatAddress
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("status", status)


async def status(
    member: Member, address: ChatAddress, texts: Texts, bot: Bot, sender: MessageSender, report_status: ReportStatus
) -> None:
    report = await report_status()
    if not member.may_administer:
        await sender.send(address, short_status(report, texts))
        return
    deaf = not (await bot.me()).can_read_all_group_messages
    keyboard = show_undelivered_keyboard(texts) if report.undelivered else None
    await sender.send(address, full_status(report, texts, datetime.now(UTC), deaf_in_groups=deaf), keyboard)
