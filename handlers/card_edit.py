"""A card whose state has changed, shown where it stands."""

from aiogram.types import InlineKeyboardMarkup

from handlers.sender import MessageSender, Urgency
from handlers.views.message import RenderedMessage
from services.domain.chat import ChatAddress


async def edit_card(
    sender: MessageSender,
    at: ChatAddress,
    rendered: RenderedMessage,
    keyboard: InlineKeyboardMarkup | None,
    *,
    urgency: Urgency = Urgency.REPLY,
) -> None:
    """`at`: the message with the buttons, which is the last one of a long card. Decisions are noted at a card's end, so
    only that message is edited and nothing is ever sent anew. Raises MessageGone, TelegramAPIError."""
    if not await sender.edit_rich(at, rendered, keyboard, urgency=urgency):
        await sender.edit_part(at, rendered.parts[-1], keyboard, urgency=urgency)
