"""Put the result on the person's screen, and note that it is there."""

from services.assistant.attempts import viewer_in
from services.assistant.cards import build_card
from services.assistant.ports import Card, Failure, Presentation
from services.assistant.stages.run import Run
from services.assistant.stages.settle import Settle
from services.domain.chat import ChatAddress
from services.domain.generation import GenerationState
from services.llm.draft_reader import DraftReader
from services.store.ports import Store


class Deliver:
    def __init__(self, store: Store, settle: Settle) -> None:
        self._store = store
        self._settle = settle

    async def record_placeholder(self, run: Run, address: ChatAddress) -> None:
        """From now on the final is an edit of this message, after a restart too."""
        async with self._store.transaction() as tx:
            await tx.generations.set_placeholder(run.id, run.token, address)

    async def card(self, screen: Presentation, card: Card) -> None:
        shown_in = await screen.finish(card)
        await self._settle.delivered(card.generation.id, shown_in)

    async def failure(self, screen: Presentation, failure: Failure) -> None:
        await screen.fail(failure)
        await self._settle.delivered(failure.generation.id)

    async def stopped(self, run: Run) -> Failure | None:
        """What to show when the lease is gone: the stop, if a person stopped it; nothing, if another process has it."""
        async with self._store.reading() as tx:
            current = await tx.generations.get(run.id)
        if current is None or current.state is not GenerationState.STOPPED:
            return None
        partial = DraftReader(run.brief.task).read_partial(current.text) if current.text else None
        return Failure(current, run.brief, "stopped", run.language, retryable=True, partial=partial)

    async def read_again(self, generation_id: int) -> Card | Failure | None:
        """The outcome of an ended attempt whose delivery nobody confirmed; None when there is nothing to show."""
        async with self._store.reading() as tx:
            generation = await tx.generations.get(generation_id)
            brief = await tx.briefs.get(generation.brief_id) if generation else None
            if generation is None or brief is None or generation.state is GenerationState.SUPERSEDED:
                return None  # a newer attempt has the message
            asker = await tx.members.get(generation.requested_by)
            viewer = viewer_in(asker, brief.address) if asker else None
            card = await build_card(tx, generation, brief=brief, viewer=viewer)
        if generation.state is GenerationState.FAILED:
            code = generation.error_code or "internal"
            return Failure(generation, brief, code, card.language, retryable=True)
        return card
