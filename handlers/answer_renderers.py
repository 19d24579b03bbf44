"""What administrators hear of an answer that somebody thought bad."""

from handlers.answer_keyboards import marked_keyboard
from handlers.delivery_renderers import Content, FindCard, Renderers, Said
from handlers.i18n import Texts
from handlers.views.history import excerpt
from handlers.views.links import broken
from handlers.views.message import message
from services.delivery.ports import NotNeeded
from services.domain.delivery import Delivery, DeliveryKind

_LONGEST = 700
"""Characters of the answer."""


def answer_renderers(find_card: FindCard) -> Renderers:
    async def marked(delivery: Delivery, texts: Texts) -> Content:
        generation_id = int(delivery.payload["generation_id"])
        card = await find_card(generation_id, delivery.address.chat_id)
        if card is None:
            raise NotNeeded
        answer = card.draft.answer or card.draft.raw_text
        said = texts(
            "golden.marked",
            name=str(delivery.payload["name"]),
            question=broken(excerpt(card.brief.text, 300)),
            answer=broken(excerpt(answer, _LONGEST)) if answer else texts("golden.no_answer"),
        )
        return Said(message(said), marked_keyboard(generation_id, texts))

    return {DeliveryKind.ANSWER_MARKED: marked}
