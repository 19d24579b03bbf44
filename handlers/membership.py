"""Muza is added to a group, or somebody stops or blocks it."""

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated
from loguru import logger

from handlers.i18n import Texts
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.domain.chat import ChatAddress
from services.domain.member import Member

_OUT = (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)


async def own_membership(
    event: ChatMemberUpdated,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    member: Member | None = None,
) -> None:
    was, became = event.old_chat_member.status, event.new_chat_member.status
    logger.info("membership chat={} {} -> {}", address.chat_id, was, became)
    if address.is_private or became in _OUT or was not in _OUT:
        return
    if member is None or not member.is_active:
        await sender.send(address, words(texts("strangers.in_group")))
        return
    hears_all = (await bot.me()).can_read_all_group_messages or became == ChatMemberStatus.ADMINISTRATOR
    hello = texts("group.hello")
    note = texts("group.hears_all") if hears_all else texts("group.privacy_mode")
    await sender.send(address, words(f"{hello}\n\n{note}"))
