"""The alert about messages that did not arrive: the list as it is when the alert is sent."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from handlers.delivery_renderers import Content, Renderers, Said
from handlers.i18n import Texts
from handlers.undelivered_keyboards import undelivered_keyboard
from handlers.views.undelivered import undelivered_message
from services.assistant.list_undelivered import UndeliveredPage
from services.delivery.ports import NotNeeded
from services.domain.delivery import Delivery, DeliveryKind

FindUndelivered = Callable[[int], Awaitable[UndeliveredPage | None]]
"""By the admin's Telegram id; None for who is no admin (any more)."""


def undelivered_renderers(find_undelivered: FindUndelivered) -> Renderers:
    async def alert(delivery: Delivery, texts: Texts) -> Content:
        page = await find_undelivered(delivery.address.chat_id)
        if page is None or not page.items:
            raise NotNeeded
        return Said(undelivered_message(page, texts, datetime.now(UTC)), undelivered_keyboard(page, texts))

    return {DeliveryKind.DEAD_LETTERS: alert}
