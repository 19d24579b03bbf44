"""Approve, reject or send back: by a named person, about an exact version, once."""

from collections.abc import Sequence

from services.assistant.attempts import Desk, decided_already, open_desk, refuse_settled, viewer_in
from services.assistant.cards import build_card
from services.assistant.hints import hint
from services.assistant.ports import Card
from services.assistant.refresh_card import card_change
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import NotAllowed, StaleAction
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.domain.review import Verdict
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


class DecideReview:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(
        self,
        member: Member,
        generation_id: int,
        version: int,
        message: ChatAddress,
        verdict: Verdict,
        comment: str = "",
        *,
        is_pressed: bool = True,
    ) -> Card:
        """The card with the decision on it. The message in which the draft was made shows it too, wherever the button
        was pressed; `is_pressed=False`: words decided, and `message` itself is brought up to date as well.

        Raises NotAllowed, StaleAction(state, decided_by, yours).
        """
        if not member.may_approve:
            raise NotAllowed
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            if desk.pressed.state.value == verdict.value:
                raise await decided_already(tx, desk.pressed, member)
            await refuse_settled(tx, desk, member)
            decided = await tx.generations.transition(
                generation_id, expected_version=version, to=GenerationState(verdict.value)
            )
            if decided is None:
                raise StaleAction("older version", state=desk.pressed.state.value)
            await tx.reviews.add(generation_id, version, member.id, verdict, comment)
            await tx.audit.add("review", member.id, generation=generation_id, version=version, verdict=verdict.value)
            if verdict is Verdict.APPROVED:
                await _retire_others(tx, desk.attempts, generation_id)
            others_wait = await _tell_author(tx, desk, decided, member, message.chat_id)
            others_wait |= await _show(tx, decided, message, is_pressed=is_pressed and not comment)
            card = await build_card(tx, decided, brief=desk.brief, viewer=viewer_in(member, message))
        reached(FailPoint.DECISION_STORED)
        if others_wait:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return card


async def _retire_others(tx: Transaction, attempts: Sequence[Generation], approved: int) -> None:
    for other in attempts:
        if other.id != approved and other.state is GenerationState.IN_REVIEW:
            await tx.generations.transition(other.id, expected_version=other.version, to=GenerationState.SUPERSEDED)


async def _show(tx: Transaction, decided: Generation, message: ChatAddress, *, is_pressed: bool) -> bool:
    """Edits, so they cannot double: of the draft's own message, when the decision was made under a copy of it; and of
    `message`, when words decided, because no press on it will come again to bring it up to date."""
    attempts = await tx.generations.attempts(decided.brief_id)
    home = _last_message(decided)
    wanted = [] if is_pressed or message.message_id is None else [message]
    if home is not None and (home.chat_id, home.message_id) != (message.chat_id, message.message_id):
        wanted.append(home)
    return any([await tx.deliveries.add(card_change(one, decided.id, attempts)) for one in wanted])


def _last_message(decided: Generation) -> ChatAddress | None:
    """Of the draft's own messages: a long draft has several, and its buttons are under the last one."""
    first = decided.placeholder
    return first.at(decided.continuation[-1]) if first is not None and decided.continuation else first


async def _tell_author(tx: Transaction, desk: Desk, decided: Generation, decider: Member, seen_in: int) -> bool:
    """A note to the person who asked, unless they decided themselves or see the decision in the brief's own chat."""
    author = await tx.members.get(decided.requested_by)
    if author is None or author.id == decider.id or seen_in == desk.brief.address.chat_id:
        return False
    return await tx.deliveries.add(
        NewDelivery(
            kind=DeliveryKind.DRAFT_DECIDED,
            address=ChatAddress(author.telegram_id),
            key=f"decided:{decided.id}:{decided.version}",
            payload={"generation_id": decided.id, "verdict": decided.state.value, "decided_by": decider.name},
        )
    )
