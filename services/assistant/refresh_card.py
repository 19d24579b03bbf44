"""A press on outdated buttons: what the message shows is brought up to date."""

from collections.abc import Sequence

from services.assistant.attempts import viewer_in
from services.assistant.cards import build_card
from services.assistant.hints import hint
from services.assistant.ports import Card
from services.assistant.shown_attempts import attempt_shown_by
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.generation import ACTIVE_STATES, Generation
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


def card_change(message: ChatAddress, generation_id: int, attempts: Sequence[Generation]) -> NewDelivery:
    """An edit of `message`. One row for each state of the brief, however many people press; any change of state of any
    attempt makes another."""
    state = sum(attempt.version for attempt in attempts)
    return NewDelivery(
        kind=DeliveryKind.CARD_CHANGED,
        address=message,
        key=f"card:{message.chat_id}:{message.message_id}:{generation_id}:{len(attempts)}:{state}",
        payload={"generation_id": generation_id},
    )


class RefreshCard:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, member: Member, generation_id: int, message: ChatAddress) -> bool:
        """True: the edit is in the outbox. False when it is there already, or when `message` does not show this brief:
        callback data can be forged."""
        async with self._store.reading() as tx:
            pressed = await tx.generations.get(generation_id)
            shown = await attempt_shown_by(tx, message)
            if pressed is None or shown is None or shown.brief_id != pressed.brief_id or not member.is_active:
                return False
            attempts = await tx.generations.attempts(pressed.brief_id)
        async with self._store.transaction() as tx:
            is_new = await tx.deliveries.add(card_change(message, shown.id, attempts))
        if is_new:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return is_new


class CardInMessage:
    """What a message should show by now, for the process that edits it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, message: ChatAddress, generation_id: int) -> Card | None:
        """None: nothing to do, an attempt is being written into this message and its end will show it."""
        async with self._store.reading() as tx:
            asked = await tx.generations.get(generation_id)
            if asked is None:
                return None
            attempts = await tx.generations.attempts(asked.brief_id)
            if any(one.state in ACTIVE_STATES and _is_in(one, message) for one in attempts):
                return None
            shown = await attempt_shown_by(tx, message)
            current = shown if shown is not None and shown.brief_id == asked.brief_id else asked
            reader = await tx.members.by_telegram_id(message.chat_id)
            viewer = viewer_in(reader, message) if reader else None
            return await build_card(tx, current, viewer=viewer)


def _is_in(attempt: Generation, message: ChatAddress) -> bool:
    shown_in = attempt.placeholder
    return shown_in is not None and (shown_in.chat_id, shown_in.message_id) == (message.chat_id, message.message_id)
