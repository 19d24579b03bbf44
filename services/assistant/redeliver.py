"""Show the outcome of an attempt that ended without anybody seeing it."""

import time
from collections.abc import Callable

from loguru import logger

from services.assistant.cards import interface_language
from services.assistant.ports import Presenter
from services.assistant.stages.deliver import Deliver
from services.domain.member import StreamTransport
from services.store.ports import Store

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0


class Redeliver:
    def __init__(
        self, store: Store, deliver: Deliver, presenter: Presenter, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._deliver = deliver
        self._presenter = presenter
        self._monotonic = monotonic
        self._under_way: set[int] = set()
        self._pauses: dict[int, tuple[float, float]] = {}
        """Of outcomes that Telegram did not take: when they may be tried again, and how long the pause was."""

    async def __call__(self, generation_id: int) -> None:
        """An edit of the recorded message, so showing it twice changes nothing; without one, a new message. Nothing
        happens while it is being shown here already."""
        if generation_id in self._under_way:
            return
        self._under_way.add(generation_id)
        try:
            await self._show(generation_id)
        finally:
            self._under_way.discard(generation_id)

    async def in_turn(self, generation_id: int) -> None:
        """For the sweep, which comes by every few seconds: what failed is tried again after growing pauses."""
        now = self._monotonic()
        again_at, pause = self._pauses.get(generation_id, (now, FIRST_PAUSE_SECONDS / 2))
        if now < again_at or generation_id in self._under_way:
            return
        self._pauses[generation_id] = (now + 2 * pause, min(2 * pause, LONGEST_PAUSE_SECONDS))
        await self(generation_id)
        async with self._store.reading() as tx:
            generation = await tx.generations.get(generation_id)
        if generation is None or generation.delivered_at is not None:
            del self._pauses[generation_id]

    async def _show(self, generation_id: int) -> None:
        outcome = await self._deliver.read_again(generation_id)
        if outcome is None:
            return
        generation, brief = outcome.generation, outcome.brief
        async with self._store.reading() as tx:
            language = interface_language(await tx.members.get(generation.requested_by), brief)
        logger.info("showing the outcome of generation {} again", generation_id)
        record = self._deliver.record(generation)
        async with self._presenter.open(generation, brief, language, StreamTransport.EDIT, record=record) as screen:
            await self._deliver(screen, outcome)
