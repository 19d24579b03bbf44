"""/history: the latest briefs, one line each."""

from collections.abc import Sequence

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style, plain
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from services.assistant.list_history import HistoryItem
from services.domain.generation import GenerationState

EXCERPT = 60

_STATES = {
    GenerationState.QUEUED: ("🕓", mark("state.queued")),
    GenerationState.RUNNING: ("✍️", mark("state.running")),
    GenerationState.IN_REVIEW: ("👀", mark("state.in_review")),
    GenerationState.ANSWERED: ("💬", mark("state.answered")),
    GenerationState.APPROVED: ("✅", mark("state.approved")),
    GenerationState.CHANGES_REQUESTED: ("📝", mark("state.changes_requested")),
    GenerationState.REJECTED: ("✖️", mark("state.rejected")),
    GenerationState.SUPERSEDED: ("♻️", mark("state.superseded")),
    GenerationState.EXPIRED: ("🕰", mark("state.expired")),
    GenerationState.FAILED: ("⚠️", mark("state.failed")),
    GenerationState.STOPPED: ("⏹", mark("state.stopped")),
}


def state_name(state: GenerationState, texts: Texts) -> str:
    return texts(_STATES[state][1])


def excerpt(text: str, limit: int = EXCERPT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def history_message(items: Sequence[HistoryItem], texts: Texts) -> RenderedMessage:
    if not items:
        return RenderedMessage(Composer().write(texts("history.empty")).build())
    composer = Composer().line(texts("history.title"), Style.BOLD)
    for number, item in enumerate(items, start=1):
        sign, state = _STATES[item.state]
        day = f"{item.created_at:%d.%m} · " if item.created_at else ""
        composer.write(f"\n{number}. {sign} ").add(unlink(plain(excerpt(item.brief_text))))
        composer.write(f"\n{day}{texts(state)}", Style.ITALIC)
    return RenderedMessage(composer.write("\n\n").write(texts("history.hint")).build())
