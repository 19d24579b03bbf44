"""Short messages that go ahead of an outcome and become it: what a push notification shows, and what reads well alone
should it ever stay."""

from handlers.errors import signed_sentence
from handlers.i18n import Texts
from handlers.views.formatted import Composer
from handlers.views.links import broken
from handlers.views.message import RenderedMessage, message
from handlers.views.model_text import model_line
from handlers.views.split import head
from services.assistant.ports import Card, Failure
from services.domain.generation import GenerationState

TITLE_LIMIT = 120
"""UTF-16 units: about what a phone shows of a notification."""


def card_headline(card: Card, texts: Texts) -> RenderedMessage:
    """The title of the first idea, or how the answer begins."""
    draft = card.draft
    if draft.ideas:
        title = _beginning(draft.ideas[0].title)
        others = len(draft.ideas) - 1
        if not title:
            return message(texts("headline.ideas"))
        composer = Composer().write(texts("headline.idea", title=title))
        if others:
            composer.write(" ").write(texts.plural("headline.others", others))
        return RenderedMessage(composer.build())
    answer = _beginning(draft.answer or "") if draft.found else ""
    return message(texts("headline.answer_begins", beginning=answer) if answer else texts("headline.answer"))


def failure_headline(failure: Failure, texts: Texts) -> RenderedMessage:
    if failure.generation.state is GenerationState.STOPPED:
        return message(texts("failure.stopped"))
    return message(signed_sentence(failure.code, texts, **failure.generation.error_facts))


def more_message(texts: Texts) -> RenderedMessage:
    """Ahead of a further part of a long outcome."""
    return message(texts("headline.more"))


def earlier_part_message(texts: Texts) -> RenderedMessage:
    """What stays of a part that is outdated and cannot be deleted any more."""
    return message(texts("headline.outdated"))


def _beginning(text: str) -> str:
    line = model_line(next((line for line in text.splitlines() if line.strip()), ""), ())
    return broken(head(line, TITLE_LIMIT).text.replace("\n…", "…").strip())
