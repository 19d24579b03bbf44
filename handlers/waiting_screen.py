"""The message of an attempt that waits for its turn; the run that comes edits it."""

from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from loguru import logger

from handlers.i18n import Texts
from handlers.keyboards import stop_keyboard
from handlers.recorded_message import RecordedMessage
from handlers.sender import MessageGone, MessageSender, Urgency
from handlers.views.waiting import waiting_message
from services.domain.generation import Generation
from services.domain.queue_place import QueuePlace


async def show_place(
    sender: MessageSender,
    generation: Generation,
    message: RecordedMessage,
    place: QueuePlace,
    texts: Texts,
    refusals: tuple[type[Exception], ...],
) -> bool:
    """False: Telegram did not take it now, or another process has the attempt."""
    troubles: tuple[type[Exception], ...] = (TelegramAPIError, ClientDecodeError, MessageGone, *refusals)
    rendered, keyboard = waiting_message(place, texts), stop_keyboard(generation, texts)
    try:
        if message.at is None:
            await message.place(rendered, keyboard, Urgency.REPLY, tries=1)
        else:
            await sender.edit(message.at, rendered, keyboard, urgency=Urgency.PREVIEW)
    except troubles as error:
        logger.debug("the place of generation {} is not shown: {}", generation.id, type(error).__name__)
        return False
    return message.is_closed or (message.at is not None and not message.is_lost)
