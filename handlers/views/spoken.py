"""What there is to say of a draft, in the words of its language."""

from handlers.i18n import Texts, mark
from services.domain.idea import Draft, Idea

_ORDINALS = (
    mark("spoken.first"),
    mark("spoken.second"),
    mark("spoken.third"),
    mark("spoken.fourth"),
    mark("spoken.fifth"),
    mark("spoken.sixth"),
    mark("spoken.seventh"),
)


def spoken_parts(draft: Draft, texts: Texts) -> tuple[str, ...]:
    """Each can be said alone. Reasons are left to the eye."""
    if not draft.ideas:
        said = draft.answer or draft.raw_text or texts("card.not_found")
        return tuple(part for part in said.split("\n\n") if part.strip())
    if len(draft.ideas) == 1:
        return (_idea(draft.ideas[0]),)
    return tuple(f"{_number(at, texts)}.\n{_idea(idea)}" for at, idea in enumerate(draft.ideas))


def _idea(idea: Idea) -> str:
    return idea.title if idea.text.strip() in ("", idea.title.strip()) else f"{idea.title}\n{idea.text}"


def _number(at: int, texts: Texts) -> str:
    return texts(_ORDINALS[at]) if at < len(_ORDINALS) else texts("spoken.number", number=at + 1)
