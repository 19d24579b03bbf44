"""Messages that did not arrive: an admin looks at them, sends them again, or lets them go."""

from datetime import UTC, datetime

from handlers.callbacks import AllLettersPress, LetterAction, LetterPress, UndeliveredPress
from handlers.i18n import Texts
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.undelivered_keyboards import moment, undelivered_keyboard
from handlers.views.undelivered import undelivered_message
from services.assistant.forget_delivery import ForgetDelivery
from services.assistant.list_undelivered import ListUndelivered
from services.assistant.resend_delivery import ResendDelivery
from services.domain.chat import ChatAddress
from services.domain.delivery import AllLetters, OneLetter
from services.domain.member import Member


def add_presses(presses: PressTable) -> None:
    presses.add(UndeliveredPress, show)
    presses.add(LetterPress, decide_one)
    presses.add(AllLettersPress, decide_all)


async def show(
    press: Press,
    *,
    data: UndeliveredPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_undelivered: ListUndelivered,
) -> None:
    page = await list_undelivered(member, data.number)
    rendered = undelivered_message(page, texts, datetime.now(UTC))
    if data.is_new:
        await press.answer()
        await sender.send(address, rendered, undelivered_keyboard(page, texts))
    else:
        await sender.edit(address, rendered, undelivered_keyboard(page, texts))


async def decide_one(
    press: Press,
    *,
    data: LetterPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_undelivered: ListUndelivered,
    resend_delivery: ResendDelivery,
    forget_delivery: ForgetDelivery,
) -> None:
    letter = OneLetter(data.delivery_id, data.attempt)
    if data.action is LetterAction.AGAIN:
        resent = await resend_delivery(member, letter)
        await press.answer(texts("undelivered.resent_may_double") if resent.may_double else texts("undelivered.resent"))
    else:
        await forget_delivery(member, letter)
        await press.answer(texts("undelivered.forgotten"))
    page = await list_undelivered(member, data.number)
    await sender.edit(address, undelivered_message(page, texts, datetime.now(UTC)), undelivered_keyboard(page, texts))


async def decide_all(
    press: Press,
    *,
    data: AllLettersPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_undelivered: ListUndelivered,
    resend_delivery: ResendDelivery,
    forget_delivery: ForgetDelivery,
) -> None:
    letters = AllLetters(moment(data))
    if data.action is LetterAction.AGAIN:
        resent = await resend_delivery(member, letters)
        await press.answer(texts.plural("undelivered.all_resent", resent.count), alert=True)
    else:
        await press.answer(texts.plural("undelivered.all_forgotten", await forget_delivery(member, letters)))
    page = await list_undelivered(member)
    await sender.edit(address, undelivered_message(page, texts, datetime.now(UTC)), undelivered_keyboard(page, texts))
