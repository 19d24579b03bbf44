"""The digest of documents that somebody should look at: the list as it is when it is sent, each a button."""

from collections.abc import Awaitable, Callable

from handlers.delivery_renderers import Content, Renderers, Said
from handlers.i18n import Texts
from handlers.kb_keyboards import cards_keyboard
from handlers.views.kb_stale import stale_message
from services.assistant.knowledge.report_stale_documents import StaleReport
from services.delivery.ports import NotNeeded
from services.domain.delivery import Delivery, DeliveryKind

FindStale = Callable[[int], Awaitable[StaleReport | None]]
"""By the admin's Telegram id; None for who is no admin (any more)."""


def stale_renderers(find_stale: FindStale) -> Renderers:
    async def digest(delivery: Delivery, texts: Texts) -> Content:
        report = await find_stale(delivery.address.chat_id)
        if report is None or not report.entries:
            raise NotNeeded
        return Said(stale_message(report, texts), cards_keyboard(report.entries))

    return {DeliveryKind.STALE_DOCUMENTS: digest}
