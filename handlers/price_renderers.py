"""The notice about a model whose price nobody knows."""

from handlers.delivery_renderers import Content, Renderers, Said
from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from services.domain.delivery import Delivery, DeliveryKind


def price_renderers() -> Renderers:
    async def unknown(delivery: Delivery, texts: Texts) -> Content:
        return Said(price_unknown_message(str(delivery.payload["provider"]), str(delivery.payload["model"]), texts))

    return {DeliveryKind.PRICE_UNKNOWN: unknown}


def price_unknown_message(provider: str, model: str, texts: Texts) -> RenderedMessage:
    composer = Composer()
    composer.write(texts("price_unknown.title", model=model), Style.BOLD).write("\n")
    composer.write(texts("price_unknown.what")).write("\n\n")
    composer.write(texts("price_unknown.do")).write("\n")
    composer.write(f'"{provider}/{model}": {{input: 1.00, output: 4.00}}', Style.CODE)
    return RenderedMessage(composer.build())
