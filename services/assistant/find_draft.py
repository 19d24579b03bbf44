"""Open a draft again, from the history."""

from services.assistant.attempts import viewer_in
from services.assistant.cards import build_card
from services.assistant.ports import Card
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.store.ports import Store


class FindDraft:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, generation_id: int, address: ChatAddress) -> Card:
        """The card, for the person who asked and for approvers, to be shown at `address`. Raises NotAllowed,
        StaleAction."""
        async with self._store.reading() as tx:
            generation = await tx.generations.get(generation_id)
            if generation is None:
                raise StaleAction(f"no generation {generation_id}", state="unknown")
            brief = await tx.briefs.get(generation.brief_id)
            if not (member.may_approve or (member.is_active and brief is not None and brief.member_id == member.id)):
                raise NotAllowed
            return await build_card(tx, generation, brief=brief, viewer=viewer_in(member, address))
