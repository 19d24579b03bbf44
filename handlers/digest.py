"""Presses under a digest and on the digest's button of /spend."""

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import InlineKeyboardMarkup

from handlers.callbacks import DigestPress, SpendAnewPress
from handlers.closed_chat import is_closed
from handlers.digest_keyboard import digest_keyboard
from handlers.i18n import Texts
from handlers.pictures import change_buttons, send_picture
from handlers.press import Press
from handlers.routing import PressTable
from handlers.spend_keyboard import spend_keyboard
from handlers.views.spending import spending_caption
from handlers.views.spending_chart import spending_chart
from handlers.views.spending_digest import chosen_sentence
from services.assistant.digests.choose_digest import ChooseDigest
from services.assistant.report_spending import ReportSpending
from services.charts.ports import ChartPainter
from services.domain.chat import ChatAddress
from services.domain.member import Member


def add_presses(presses: PressTable) -> None:
    presses.add(DigestPress, choose)
    presses.add(SpendAnewPress, open_spending)


async def choose(
    press: Press,
    *,
    data: DigestPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    choose_digest: ChooseDigest,
    report_spending: ReportSpending,
) -> None:
    chosen = await choose_digest(member, data.cadence)
    await press.answer(chosen_sentence(chosen, texts), alert=True)
    keyboard: InlineKeyboardMarkup
    if data.shown is None:
        keyboard = digest_keyboard(chosen, texts)
    else:
        report = await report_spending(member, data.shown, data.group, to_draw=False)
        keyboard = spend_keyboard(report, texts, dark=data.dark)
    await change_buttons(bot, address, keyboard)


async def open_spending(
    press: Press,
    *,
    data: SpendAnewPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    report_spending: ReportSpending,
    paint_chart: ChartPainter,
) -> None:
    """A picture of its own in the private chat of whoever pressed: the digest stays what it is."""
    report = await report_spending(member, data.period, data.group)
    picture = await paint_chart(spending_chart(report, texts, dark=False))
    to = ChatAddress(address.chat_id if address.is_private else member.telegram_id)
    try:
        keyboard = spend_keyboard(report, texts, dark=False)
        await send_picture(bot, to, picture, spending_caption(report, texts), keyboard)
    except TelegramAPIError as error:
        if not is_closed(error):
            raise
        await press.answer(texts("digest.write_first"), alert=True)
        return
    await press.answer(None if address.is_private else texts("digest.sent_privately"))
