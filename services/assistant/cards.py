"""Everything a view needs about one attempt, read in one go."""

from services.assistant.attempts import decided_by
from services.assistant.ports import Card
from services.domain.brief import Brief
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft
from services.domain.language import Language
from services.domain.member import Member
from services.domain.routing import routing_of
from services.store.ports import Transaction


def interface_language(member: Member | None, brief: Brief) -> Language:
    """What the person reads in, else the language they wrote the brief in."""
    return (member.reads_in if member else None) or brief.language


def cited_numbers(draft: Draft) -> frozenset[int]:
    return frozenset(draft.sources).union(*(idea.sources for idea in draft.ideas))


async def build_card(
    tx: Transaction,
    generation: Generation,
    *,
    viewer: Member | None,
    brief: Brief | None = None,
    ungrounded: bool = False,
) -> Card:
    """`viewer`: who reads it in private; None in a group, where the card speaks the language of the person who asked
    and offers every decision, whoever presses."""
    brief = brief or await tx.briefs.get(generation.brief_id)
    if brief is None:
        raise LookupError(f"brief {generation.brief_id} of generation {generation.id} is gone")
    draft = generation.draft or Draft(raw_text=generation.text or None)
    cited = cited_numbers(draft)
    citations = await tx.passages_used.citations(generation.id) if cited else ()
    attempts = await tx.generations.attempts(brief.id)
    shown = [attempt for attempt in attempts if attempt.draft is not None and not attempt.draft.is_empty]
    return Card(
        generation=generation,
        brief=brief,
        draft=draft,
        citations=tuple(citation for citation in citations if citation.number in cited),
        attempts=tuple(attempt.id for attempt in shown),
        language=interface_language(viewer or await tx.members.get(generation.requested_by), brief),
        may_decide=viewer is None or viewer.may_approve,
        is_open=all(attempt.state is not GenerationState.APPROVED for attempt in attempts),
        decided_by=await decided_by(tx, generation),
        ungrounded=ungrounded,
        former_brief=await _former_brief(tx, brief, generation),
        routing=routing_of(generation.parameters) if viewer is not None and viewer.may_administer else None,
        again_microusd=await tx.calls.cost_of(generation.parameters.get("cached_from") or generation.id),
    )


async def _former_brief(tx: Transaction, brief: Brief, generation: Generation) -> str | None:
    """The text this attempt answers, when the brief was edited since and reads differently now."""
    if generation.brief_revision == brief.revision:
        return None
    former = {revision.number: revision.text for revision in await tx.briefs.revisions(brief.id)}
    text = former.get(generation.brief_revision)
    return None if text == brief.text else text
