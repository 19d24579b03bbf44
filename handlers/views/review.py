"""What reviewers and authors hear about a draft outside the chat where it was made."""

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style, plain
from handlers.views.history import excerpt
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from handlers.views.model_text import rich_markdown
from services.assistant.ports import Card
from services.domain.generation import GenerationState

_DECIDED = {
    GenerationState.APPROVED: mark("decided.approved"),
    GenerationState.CHANGES_REQUESTED: mark("decided.changes_requested"),
    GenerationState.REJECTED: mark("decided.rejected"),
}


def review_card_message(heading: str, draft: RenderedMessage) -> RenderedMessage:
    body = Composer().write(heading, Style.BOLD).gap().add(draft.body).build()
    rich = f"**{rich_markdown(heading).strip()}**\n\n{draft.rich_markdown}" if draft.rich_markdown else None
    return RenderedMessage(body, rich)


def decided_message(card: Card, decided_by: str, texts: Texts) -> RenderedMessage:
    """Short: which brief, and what was said. The draft itself is in the author's chat and in /history."""
    key = _DECIDED.get(card.generation.state, mark("decided.changed"))
    composer = Composer().write(texts(key, name=decided_by), Style.BOLD).gap()
    return RenderedMessage(composer.add(unlink(plain(excerpt(card.brief.text, 200)))).build())
