"""What is shown while an attempt is being written."""

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Formatted, Style
from handlers.views.ideas import rich_ideas, write_ideas
from handlers.views.message import RICH_LIMIT, RenderedMessage
from handlers.views.model_text import model_text, rich_markdown
from handlers.views.split import tail
from services.domain.generation import Stage
from services.domain.idea import Draft

PREVIEW_LIMIT = 3500
"""UTF-16 units of a growing text; a longer one shows its end."""

_STAGES = {
    Stage.GUARD: mark("stage.guard"),
    Stage.RETRIEVE: mark("stage.retrieve"),
    Stage.COMPOSE: mark("stage.compose"),
    Stage.DRAFT: mark("stage.draft"),
    Stage.VALIDATE: mark("stage.validate"),
    Stage.REPAIR: mark("stage.repair"),
    Stage.SETTLE: mark("stage.settle"),
    Stage.DELIVER: mark("stage.deliver"),
}


def stage_line(stage: Stage | None, texts: Texts) -> str:
    return texts(_STAGES[stage] if stage else mark("stage.queued"))


def growing_text(draft: Draft | None, texts: Texts) -> Formatted:
    """As much of a draft as has arrived; its last words may be cut."""
    composer = Composer()
    if draft is not None and draft.ideas:
        write_ideas(composer, draft.ideas, (), (), texts)
    elif draft is not None:
        composer.add(model_text(draft.answer or draft.raw_text or ""))
    return tail(composer.build(), PREVIEW_LIMIT)


def progress_message(stage: Stage | None, draft: Draft | None, texts: Texts) -> RenderedMessage:
    composer = Composer().add(growing_text(draft, texts))
    composer.gap().write(stage_line(stage, texts), Style.ITALIC)
    return RenderedMessage(composer.build())


def rich_progress(stage: Stage | None, draft: Draft | None, texts: Texts) -> str:
    """The same for Telegram's native drafts, which are rich Markdown."""
    blocks = rich_ideas(draft.ideas, (), texts) if draft is not None else []
    if draft is not None and not draft.ideas:
        blocks = [rich_markdown(draft.answer or draft.raw_text or "")]
    shown = _newest([block for block in blocks if block.strip()])
    return "\n\n".join([*shown, f"*{stage_line(stage, texts)}*"])


def _newest(blocks: list[str]) -> list[str]:
    """The last blocks that fit, with room for the stage line. A single one that does not fit is cut at a space, so
    that no escape is cut in two."""
    room = RICH_LIMIT - 500
    while len(blocks) > 1 and len("\n\n".join(blocks).encode()) > room:
        blocks = blocks[1:]
    if blocks and len(blocks[0].encode()) > room:
        blocks = [f"… {blocks[0][-room // 4 :].partition(' ')[2]}"]
    return blocks
