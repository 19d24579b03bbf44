"""What was spent, told without asking: a picture when one can be drawn, words in any case."""

from collections.abc import Awaitable, Callable
from datetime import date

from loguru import logger

from handlers.delivery_renderers import Content, Pictured, Renderers, Said
from handlers.digest_keyboard import digest_keyboard
from handlers.i18n import Texts
from handlers.views.message import RenderedMessage
from handlers.views.spending_chart import spending_chart
from handlers.views.spending_digest import digest_caption
from services.assistant.digests.report_digest import SpendingDigest
from services.charts.ports import Chart
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.digest import DigestCadence, DigestDays
from services.domain.errors import ChartUnavailable

ReadDigest = Callable[[DigestDays], Awaitable[SpendingDigest]]
Paint = Callable[[Chart], Awaitable[bytes]]


def digest_renderers(report_digest: ReadDigest, paint: Paint) -> Renderers:
    async def spent(delivery: Delivery, texts: Texts) -> Content:
        digest = await report_digest(read_days(delivery))
        caption, keyboard = digest_caption(digest, texts), digest_keyboard(digest.chosen, texts)
        try:
            picture = await paint(spending_chart(digest.drawn, texts, dark=False))
        except ChartUnavailable as error:
            logger.bind(delivery=delivery.id).warning("a digest without a picture: {}", error)
            return Said(RenderedMessage(caption), keyboard)
        return Pictured(picture, caption, keyboard)

    return {DeliveryKind.SPEND_DIGEST: spent}


def read_days(delivery: Delivery) -> DigestDays:
    said = delivery.payload
    since, until = date.fromisoformat(said["since"]), date.fromisoformat(said["until"])
    return DigestDays(DigestCadence(said["cadence"]), since, until)
