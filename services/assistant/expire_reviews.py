"""Drafts that nobody decided about for weeks leave the queue. They stay where they are and can still be approved."""

from collections import defaultdict
from datetime import timedelta

from services.assistant.hints import hint
from services.assistant.ports import Clock
from services.assistant.reminder_recipients import is_closed
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.generation import GenerationState
from services.domain.quiet_hours import QuietHours
from services.domain.waiting import WaitingDraft
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


class ExpireReviews:
    def __init__(
        self, store: Store, jobs: JobQueue, clock: Clock, quiet: QuietHours | None = None, *, after: timedelta
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._quiet = quiet
        self._after = after

    async def __call__(self) -> int:
        """How many drafts expired. The people who asked for them get one notice, where they asked, not in quiet hours;
        it is written in the transaction that moves the drafts."""
        before = self._clock.now() - self._after
        async with self._store.reading() as tx:
            if not await tx.waiting.older_than(before, limit=1):
                return 0
        expired: dict[ChatAddress, list[WaitingDraft]] = defaultdict(list)
        async with self._store.transaction() as tx:
            for draft in await tx.waiting.older_than(before):
                version = draft.generation.version
                if await tx.generations.transition(draft.id, expected_version=version, to=GenerationState.EXPIRED):
                    await tx.audit.add("expired", None, generation=draft.id, version=version)
                    expired[await _place(tx, draft)].append(draft)
            for address, drafts in expired.items():
                await tx.deliveries.add(self._notice(address, drafts))
        if expired:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return sum(map(len, expired.values()))

    def _notice(self, address: ChatAddress, drafts: list[WaitingDraft]) -> NewDelivery:
        askers = {draft.asker_telegram_id: draft.asker for draft in drafts}
        return NewDelivery(
            kind=DeliveryKind.REVIEW_EXPIRED,
            address=address,
            key=f"expired:{drafts[0].id}:{drafts[0].generation.version}",  # a version expires once
            payload={
                "generation_ids": [draft.id for draft in drafts],
                "days": self._after.days,
                "people": [{"telegram_id": one, "name": name} for one, name in askers.items()],
            },
            not_before=self._quiet.until(self._clock.now()) if self._quiet else None,
        )


async def _place(tx: Transaction, draft: WaitingDraft) -> ChatAddress:
    """Where the person asked; in private, when Muza is not in that group any more."""
    if await is_closed(tx, draft.brief_address.chat_id):
        return ChatAddress(draft.asker_telegram_id)
    return draft.brief_address.at(None)
