"""Show the outcome of an attempt that ended without anybody seeing it."""

from loguru import logger

from services.assistant.cards import interface_language
from services.assistant.ports import Card, Failure, Presenter
from services.assistant.stages.deliver import Deliver
from services.domain.chat import ChatAddress
from services.domain.generation import GenerationState
from services.domain.member import StreamTransport
from services.store.ports import Store


class Redeliver:
    def __init__(self, store: Store, deliver: Deliver, presenter: Presenter) -> None:
        self._store = store
        self._deliver = deliver
        self._presenter = presenter

    async def __call__(self, generation_id: int) -> None:
        """An edit of the recorded message, so showing it twice changes nothing; without one, a new message."""
        outcome = await self._deliver.read_again(generation_id)
        if outcome is None:
            return
        generation, brief = outcome.generation, outcome.brief
        async with self._store.reading() as tx:
            language = interface_language(await tx.members.get(generation.requested_by), brief)

        async def forget(_: ChatAddress) -> None:
            """The attempt is over: a new message of it takes no further edits."""

        logger.info("showing the outcome of generation {} again", generation_id)
        async with self._presenter.open(
            generation, brief, language, StreamTransport.EDIT, on_placeholder=forget
        ) as screen:
            if generation.state is GenerationState.STOPPED:
                partial = outcome.draft if isinstance(outcome, Card) else None
                outcome = Failure(generation, brief, "stopped", language, retryable=True, partial=partial)
            if isinstance(outcome, Card):
                await self._deliver.card(screen, outcome)
            else:
                await self._deliver.failure(screen, outcome)
