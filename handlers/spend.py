"""/spend: what the models cost, as a picture that its buttons change in place."""

import asyncio

from aiogram import Bot
from loguru import logger

from handlers.callbacks import SpendPress
from handlers.i18n import Texts
from handlers.pictures import change_picture, send_file, send_picture
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageGone, MessageSender
from handlers.spend_keyboard import spend_keyboard
from handlers.views.message import RenderedMessage, message
from handlers.views.spending import spending_caption, spending_title
from handlers.views.spending_chart import spending_chart
from handlers.views.spending_csv import csv_name, spending_csv
from services.assistant.report_spending import ReportSpending
from services.charts.ports import ChartPainter
from services.domain.chat import ChatAddress
from services.domain.errors import ChartUnavailable, NotAllowed
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("spend", spend)


def add_presses(presses: PressTable) -> None:
    presses.add(SpendPress, change)


async def spend(
    member: Member,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    report_spending: ReportSpending,
    paint_chart: ChartPainter,
) -> None:
    if not address.is_private:  # other people read along there
        await sender.send(address, message(texts("spend.in_private")), reply_to=address.message_id)
        return
    shown = SpendPress()
    report = await report_spending(member, shown.period, shown.group)
    caption, keyboard = spending_caption(report, texts), spend_keyboard(report, texts, dark=shown.dark)
    try:
        picture = await paint_chart(spending_chart(report, texts, dark=shown.dark))
    except ChartUnavailable as error:
        logger.warning("/spend without a picture: {}", error)
        await sender.send(address.at(None), RenderedMessage(caption), keyboard)
        return
    await send_picture(bot, address, picture, caption, keyboard)


async def change(
    press: Press,
    *,
    data: SpendPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    report_spending: ReportSpending,
    paint_chart: ChartPainter,
) -> None:
    if not address.is_private:
        raise NotAllowed
    report = await report_spending(member, data.period, data.group, to_draw=not data.as_file)
    if data.as_file:
        content = await asyncio.to_thread(spending_csv, report, texts)
        await send_file(bot, address, content, csv_name(report), spending_title(report, texts))
        return
    picture = await paint_chart(spending_chart(report, texts, dark=data.dark))
    caption, keyboard = spending_caption(report, texts), spend_keyboard(report, texts, dark=data.dark)
    try:
        await change_picture(bot, address, picture, caption, keyboard)
    except MessageGone:
        await send_picture(bot, address, picture, caption, keyboard)
