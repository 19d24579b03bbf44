"""A question that people asked becomes a golden one: an administrator says which documents answer it."""

from collections.abc import Sequence

from services.assistant.knowledge.offer_question import question_on_offer
from services.domain.answer_mark import KnownQuestion
from services.domain.errors import StaleAction
from services.domain.member import Member
from services.store.ports import Store


class KeepQuestion:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, generation_id: int, chosen: Sequence[int], check: int) -> KnownQuestion:
        """`chosen`: places in the offer's list, from 0; none: nothing answers it. Raises NotAllowed, StaleAction (the
        list has changed, too)."""
        async with self._store.transaction() as tx:
            offer, brief = await question_on_offer(tx, member, generation_id)
            if check != offer.check or any(not 0 <= place < len(offer.documents) for place in chosen):
                raise StaleAction("the documents have changed", state="unknown")
            sources = tuple(offer.documents[place].source for place in chosen)
            known = KnownQuestion(brief.project_id, offer.question, sources, member.id, generation_id)
            await tx.known_questions.put(known)
            await tx.audit.add("golden_question", member.id, generation=generation_id, sources=len(sources))
            return known
