"""People outside the team: they may ask to join, and nothing else."""

from typing import Any

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message

from handlers.briefs import text_of
from handlers.callbacks import JoinPress
from handlers.conversation import is_for_muza
from handlers.i18n import Texts, mark
from handlers.keyboards import join_keyboard
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.request_access import RequestAccess
from services.domain.chat import ChatAddress
from services.domain.member import Member, MemberStatus

_ANSWERS = {
    MemberStatus.REQUESTED: mark("strangers.waiting"),
    MemberStatus.ACTIVE: mark("strangers.already_in"),
    MemberStatus.BLOCKED: mark("strangers.closed"),
}


class Stranger(Filter):
    async def __call__(self, message: Message, member: Member | None = None, **data: Any) -> bool:
        return member is None or not member.is_active


def add_presses(presses: PressTable) -> None:
    presses.add(JoinPress, join, strangers=True)


async def greet(
    message: Message,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    member: Member | None = None,
) -> None:
    if not address.is_private:
        if text_of(message).startswith("/") or await is_for_muza(message, address, bot):
            await sender.send(address, words(texts("strangers.in_group")), reply_to=address.message_id)
    elif member is None:
        await sender.send(address, words(texts("strangers.hello")), join_keyboard(texts))
    else:
        await sender.send(address, words(texts(_ANSWERS[member.status])))


async def join(
    press: Press, address: ChatAddress, texts: Texts, sender: MessageSender, request_access: RequestAccess
) -> None:
    person = press.query.from_user
    member = await request_access(person.id, person.full_name, person.username, texts.language)
    await sender.edit(address, words(texts(_ANSWERS[member.status])))
