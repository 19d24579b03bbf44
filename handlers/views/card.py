"""One attempt as a message: the final, and a page of the carousel."""

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style
from handlers.views.history import excerpt, state_name
from handlers.views.ideas import any_table, rich_ideas, write_ideas
from handlers.views.links import broken
from handlers.views.message import RICH_LIMIT, RenderedMessage
from handlers.views.model_text import has_table, model_text, rich_markdown
from handlers.views.sources import allowed_addresses, rich_sources, source_marks, write_sources
from handlers.views.split import TEXT_LIMIT
from services.assistant.ports import Card
from services.domain.asked_filters import has_filters
from services.domain.brief import Task
from services.domain.cached_draft import CacheKind
from services.domain.generation import GenerationState
from services.domain.idea import Draft
from services.domain.routing import RouteReason

_VERDICTS = {
    GenerationState.APPROVED: mark("card.approved"),
    GenerationState.CHANGES_REQUESTED: mark("card.changes_requested"),
    GenerationState.REJECTED: mark("card.rejected"),
}
_VERDICTS_BY = {
    GenerationState.APPROVED: mark("card.approved_by"),
    GenerationState.CHANGES_REQUESTED: mark("card.changes_requested_by"),
    GenerationState.REJECTED: mark("card.rejected_by"),
}
_REASONS = {
    RouteReason.SETTING: mark("routing.setting"),
    RouteReason.WISH: mark("routing.wish"),
    RouteReason.AGAIN: mark("routing.again"),
    RouteReason.DISCONTENT: mark("routing.discontent"),
    RouteReason.SMART_BEFORE: mark("routing.smart_before"),
    RouteReason.LONG: mark("routing.long"),
    RouteReason.CONSTRAINTS: mark("routing.constraints"),
    RouteReason.STRATEGY: mark("routing.strategy"),
    RouteReason.AUDIENCES: mark("routing.audiences"),
    RouteReason.PLAIN: mark("routing.plain"),
    RouteReason.FIRST_TRY: mark("routing.first_try"),
}

_FROM_CACHE = {
    CacheKind.EXACT: mark("card.from_cache"),
    CacheKind.SEMANTIC: mark("card.from_cache_alike"),
}


def card_message(card: Card, texts: Texts) -> RenderedMessage:
    """Rich only where it shows more: tables, and texts that would not fit into one plain message."""
    composer = Composer()
    allowed = allowed_addresses(card.citations)
    if card.draft.ideas:
        write_ideas(composer, card.draft.ideas, card.citations, allowed, texts)
    else:
        _write_answer(composer, card, allowed, texts)
    if card.draft.note:
        composer.gap().write("💬 ").add(model_text(card.draft.note, allowed), Style.ITALIC)
    write_sources(composer, card.citations, texts)
    if composer.is_empty:
        composer.write(state_name(card.generation.state, texts))
    for remark in _remarks(card, texts):
        composer.gap().write(remark)
    body = composer.build()
    rich = _rich(card, texts) if body.length > TEXT_LIMIT or _has_table(card.draft) else None
    return RenderedMessage(body, rich)


def _write_answer(composer: Composer, card: Card, allowed: frozenset[str], texts: Texts) -> None:
    draft = card.draft
    if draft.raw_text:
        composer.line(texts("card.raw"), Style.ITALIC).write("\n").add(model_text(draft.raw_text, allowed))
        return
    if not draft.found:
        composer.write(texts("card.not_found"))
    if draft.answer:
        composer.gap().add(model_text(draft.answer, allowed)).write(source_marks(draft.sources, card.citations))


def _remarks(card: Card, texts: Texts) -> list[str]:
    """What stands under the draft: the decision, and what was out of order while it was written."""
    remarks = _about_answer(card, texts) if card.brief.task is Task.ASK else []
    if card.former_brief is not None:
        remarks.append(texts("card.former_brief", brief=broken(excerpt(card.former_brief, 80))))
    if card.ungrounded:
        remarks.append(texts("card.ungrounded"))
    if card.routing is not None and card.generation.model is not None:
        reason = texts(_REASONS[card.routing.reason])
        remarks.append(texts("card.written_by", model=broken(card.generation.model), reason=reason))
    if card.generation.cache is not None:
        remarks.append(texts(_FROM_CACHE[card.generation.cache]))
    state = card.generation.state
    if state in _VERDICTS:
        keys = _VERDICTS_BY if card.decided_by else _VERDICTS
        remarks.append(texts(keys[state], name=card.decided_by or ""))
    elif state is GenerationState.SUPERSEDED:
        remarks.append(texts("card.superseded"))
    elif state is GenerationState.EXPIRED:
        remarks.append(texts("card.expired"))
    return remarks


def _about_answer(card: Card, texts: Texts) -> list[str]:
    """What to make of an answer that nothing stands behind."""
    if not card.draft.found:
        return [texts("card.not_found_filtered")] if has_filters(card.brief.text) else []
    return [texts("card.unsupported")] if card.draft.answer and not card.citations else []


def _has_table(draft: Draft) -> bool:
    return any_table(draft.ideas) or has_table(draft.answer or "") or has_table(draft.raw_text or "")


def _rich(card: Card, texts: Texts) -> str | None:
    draft = card.draft
    blocks = rich_ideas(draft.ideas, card.citations, texts)
    if not draft.ideas:
        warning = texts("card.raw")
        opening = [f"*{warning}*"] if draft.raw_text else [] if draft.found else [texts("card.not_found")]
        marks = rich_markdown(source_marks(draft.sources, card.citations))
        blocks = [*opening, rich_markdown(draft.raw_text or draft.answer or "") + marks]
    if draft.note:
        blocks.append(f"💬 {rich_markdown(draft.note)}")
    blocks += rich_sources(card.citations, texts)
    blocks += [rich_markdown(remark) for remark in _remarks(card, texts)]
    markdown = "\n\n".join(blocks)
    return markdown if len(markdown.encode()) <= RICH_LIMIT else None


def copy_text(draft: Draft, limit: int = 256) -> str | None:
    """What the copy button carries: the first idea, or the answer, when Telegram lets a button carry so much."""
    text = draft.answer or draft.raw_text or ""
    if draft.ideas:
        text = f"{draft.ideas[0].title}\n{draft.ideas[0].text}"
        text = text if len(text) <= limit else draft.ideas[0].text
    text = text.strip()
    return text if 0 < len(text) <= limit else None
