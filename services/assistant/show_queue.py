"""People whose attempt waits for its turn are told how long, in the message that will become the attempt's."""

from datetime import timedelta

from loguru import logger

from services.assistant.cards import interface_language
from services.assistant.ports import Clock, Presenter
from services.assistant.stages.deliver import Deliver
from services.domain.fairness import Limits
from services.domain.generation import GenerationState
from services.domain.queue_place import QueuePlace, places_in_queue
from services.store.ports import Store

GRACE = timedelta(seconds=1)
"""What begins within it needs no message of its own."""
MOST_AT_ONCE = 20
"""Messages of one look: the soonest go first, and the next look is two seconds later."""
LEASE = timedelta(seconds=10)
LEASE_NAME = "queue places"


class ShowQueue:
    """One process does it, by a lease: two would write two messages."""

    def __init__(
        self, store: Store, clock: Clock, presenter: Presenter, deliver: Deliver, limits: Limits, owner: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._presenter = presenter
        self._deliver = deliver
        self._limits = limits
        self._owner = owner
        self._token: int | None = None
        self._told: dict[int, QueuePlace] = {}
        self._is_looking = False

    async def __call__(self) -> None:
        """Say it to those who do not know yet, or whose place has changed. Raises StoreUnavailable."""
        if self._is_looking:
            return  # Telegram is slow; what changes meanwhile is said by the next look
        self._is_looking = True
        try:
            news = await self._news()
            if news and await self._is_ours():
                for generation_id, place in news.items():
                    await self._tell(generation_id, place)
        finally:
            self._is_looking = False

    async def _news(self) -> dict[int, QueuePlace]:
        async with self._store.reading() as tx:
            waiting = await tx.queue.waiting()
            if not waiting:
                self._told.clear()
                return {}
            running, usual = await tx.queue.running(), await tx.queue.usual_seconds()
        places = places_in_queue(waiting, running, self._limits.at_once, usual)
        self._told = {known: place for known, place in self._told.items() if known in places}
        since = {one.id: one.since for one in waiting}
        newest = self._clock.now() - GRACE
        due = [known for known, place in places.items() if self._told.get(known) != place and since[known] <= newest]
        return {known: places[known] for known in due[:MOST_AT_ONCE]}

    async def _is_ours(self) -> bool:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            if self._token is not None and await tx.job_leases.renew(LEASE_NAME, self._token, now + LEASE):
                return True
            self._token = await tx.job_leases.take(LEASE_NAME, self._owner, now + LEASE, now)
        return self._token is not None

    async def _tell(self, generation_id: int, place: QueuePlace) -> None:
        async with self._store.reading() as tx:
            generation = await tx.generations.get(generation_id)
            brief = await tx.briefs.get(generation.brief_id) if generation else None
            if generation is None or brief is None or generation.state is not GenerationState.QUEUED:
                return
            language = interface_language(await tx.members.get(generation.requested_by), brief)
        record = self._deliver.record(generation)
        if await self._presenter.wait(generation, brief, language, place, record=record):
            self._told[generation_id] = place
        async with self._store.reading() as tx:
            current = await tx.generations.get(generation_id)
        if current is not None and current.state is not GenerationState.QUEUED:
            logger.debug("generation {} had its turn while its place was told", generation_id)
            await self._deliver.show_again(generation)
