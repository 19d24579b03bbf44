"""Drafts must not be forgotten: a reminder after a day, another one a day later, then somebody else is asked."""

from collections import defaultdict
from dataclasses import dataclass

from services.assistant.hints import hint
from services.assistant.ports import Clock
from services.assistant.reminder_recipients import Deciders, Recipients, names_of
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.quiet_hours import QuietHours
from services.domain.waiting import WaitingDraft
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said once: to one recipient, in one round, with one reason."""

    address: ChatAddress
    round: int
    is_escalation: bool
    nobody_else: bool


Letters = dict[Letter, list[tuple[WaitingDraft, Recipients]]]


class RemindReviewers:
    def __init__(self, store: Store, jobs: JobQueue, clock: Clock, quiet: QuietHours | None = None) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._quiet = quiet

    async def __call__(self) -> int:
        """How many messages were written to the outbox. Run twice at once it writes each once: a round is noted on the
        draft in the transaction that writes its message.

        In quiet hours nothing is said and no round is spent; the first run after them gathers the night in one digest.
        """
        now = self._clock.now()
        if self._quiet is not None and self._quiet.until(now) is not None:
            return 0
        async with self._store.reading() as tx:
            if not await tx.waiting.due(now, limit=1):
                return 0
        async with self._store.transaction() as tx:
            letters = await self._note(tx)
            for letter, drafts in letters.items():
                await tx.deliveries.add(_delivery(letter, drafts))
        if letters:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return len(letters)

    async def _note(self, tx: Transaction) -> Letters:
        now = self._clock.now()
        deciders = await Deciders.read(tx)
        letters: Letters = defaultdict(list)
        for draft in await tx.waiting.due(now):
            if not await tx.waiting.note_reminder(draft, now):
                continue
            to = await deciders.for_draft(tx, draft)
            event = "escalation" if to.is_escalation else "reminder"
            await tx.audit.add(event, None, generation=draft.id, round=draft.round, recipients=len(to.addresses))
            if to.is_escalation:
                for person in to.people:
                    await tx.review_requests.add(draft.id, person.id, None)
            for address in to.addresses:
                letters[Letter(address, draft.round, to.is_escalation, to.nobody_else)].append((draft, to))
        return letters


def _delivery(letter: Letter, drafts: list[tuple[WaitingDraft, Recipients]]) -> NewDelivery:
    first = min(draft.id for draft, _ in drafts)
    where = f"{letter.address.chat_id}:{letter.address.topic_id or 0}"
    named = {person.id: person for _, to in drafts if to.chat is not None for person in to.people}
    return NewDelivery(
        kind=DeliveryKind.REVIEW_REMINDER,
        address=letter.address,
        # A draft has each round once, so the oldest one names the digest.
        key=f"reminder:{where}:{letter.round}:{int(letter.is_escalation)}{int(letter.nobody_else)}:{first}",
        payload={
            "generation_ids": sorted(draft.id for draft, _ in drafts),
            "round": letter.round,
            "escalated": letter.is_escalation,
            "nobody_else": letter.nobody_else,
            "people": names_of(tuple(named.values())),
        },
    )
