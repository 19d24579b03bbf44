"""A reply to one of Muza's drafts refines it; the quoted phrase goes along."""

from aiogram import Bot
from aiogram.types import Message

from services.assistant.refine_draft import RefineDraft
from services.domain.chat import ChatAddress
from services.domain.member import Member


async def refine_by_reply(
    message: Message, text: str, member: Member, address: ChatAddress, bot: Bot, refine_draft: RefineDraft
) -> bool:
    """False: the message replies to nothing of Muza's that could be refined."""
    target = message.reply_to_message
    if target is None or target.from_user is None or target.from_user.id != bot.id:
        return False
    shown_in = address.at(target.message_id)
    return await refine_draft(member, shown_in, address, with_quote(message, text)) is not None


def with_quote(message: Message, text: str) -> str:
    """Telegram lets a person quote a part of the message they reply to: that part is what the words are about."""
    if message.quote is None or not message.quote.text.strip():
        return text
    quoted = "\n".join(f"> {line}" for line in message.quote.text.strip().splitlines())
    return f"{quoted}\n\n{text}"
