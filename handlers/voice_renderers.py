"""An answer read aloud, in the language it was written in."""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from handlers.delivery_renderers import Content, FindCard, Renderers, Voiced
from handlers.i18n import Catalogues, Texts
from handlers.views.spoken import spoken_parts
from services.delivery.ports import NotNeeded
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language


class Bubble(Protocol):
    """Ogg Opus."""

    @property
    def audio(self) -> bytes: ...
    @property
    def duration_ms(self) -> int: ...


class SpeakAnswer(Protocol):
    def __call__(
        self, generation: Generation, parts: Sequence[str], ending: str, language: Language
    ) -> Awaitable[Bubble | None]: ...


def voice_renderers(find_card: FindCard, speak: SpeakAnswer, catalogues: Catalogues) -> Renderers:
    async def voice_reply(delivery: Delivery, _: Texts) -> Content:
        card = await find_card(int(delivery.payload["generation_id"]), delivery.address.chat_id)
        if card is None or card.generation.state in (GenerationState.SUPERSEDED, GenerationState.REJECTED):
            raise NotNeeded
        texts = catalogues.texts(card.brief.language)
        parts = spoken_parts(card.draft, texts)
        bubble = await speak(card.generation, parts, texts("spoken.ending"), card.brief.language)
        if bubble is None:
            raise NotNeeded
        return Voiced(bubble.audio, bubble.duration_ms)

    return {DeliveryKind.VOICE_REPLY: voice_reply}
