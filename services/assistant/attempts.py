"""Rules that every decision about a draft shares: which attempt is meant, may it still change, may this person."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.brief import Brief
from services.domain.chat import ChatAddress
from services.domain.errors import StaleAction
from services.domain.generation import ACTIVE_STATES, Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Transaction


@dataclass(frozen=True, slots=True)
class Desk:
    """A brief with all its attempts, held still by a lock until the transaction ends."""

    brief: Brief
    attempts: Sequence[Generation]
    pressed: Generation

    @property
    def approved(self) -> Generation | None:
        return next((a for a in self.attempts if a.state is GenerationState.APPROVED), None)

    @property
    def active(self) -> Generation | None:
        return next((a for a in self.attempts if a.state in ACTIVE_STATES), None)


async def open_desk(tx: Transaction, member: Member, generation_id: int, message: ChatAddress) -> Desk:
    """Load and lock. Raises StaleAction for an unknown attempt, and for a press that came from a chat where this
    attempt was never shown: callback data can be forged, the chat it comes from cannot."""
    pressed = await tx.generations.get(generation_id)
    if pressed is None:
        raise StaleAction(f"no generation {generation_id}", state="unknown")
    brief = await tx.briefs.lock(pressed.brief_id)
    if brief is None or message.chat_id not in (brief.address.chat_id, member.telegram_id):
        raise StaleAction(f"generation {generation_id} is not shown in chat {message.chat_id}", state="unknown")
    attempts = await tx.generations.attempts(brief.id)
    current = next(attempt for attempt in attempts if attempt.id == generation_id)
    return Desk(brief, attempts, current)


def viewer_in(member: Member, message: ChatAddress) -> Member | None:
    """The only reader of a private chat; None in a group."""
    return member if message.is_private else None


async def who_decided(tx: Transaction, generation: Generation) -> Member | None:
    """The person whose verdict stands, if somebody decided."""
    reviews = await tx.reviews.of_generation(generation.id)
    if not reviews or generation.state.value != reviews[-1].verdict.value:
        return None
    return await tx.members.get(reviews[-1].member_id)


async def decided_by(tx: Transaction, generation: Generation) -> str | None:
    member = await who_decided(tx, generation)
    return member.name if member else None


async def decided_already(tx: Transaction, generation: Generation, member: Member | None = None) -> StaleAction:
    """Facts: who decided, and whether that was `member`, whose press came a second time."""
    decider = await who_decided(tx, generation)
    return StaleAction(
        f"{generation.state.value} already",
        state=generation.state.value,
        decided_by=decider.name if decider else "",
        yours=int(decider is not None and member is not None and decider.id == member.id),
    )


async def refuse_settled(tx: Transaction, desk: Desk, member: Member | None = None) -> None:
    """Raises StaleAction when the brief is approved already, or an attempt of it is being written now."""
    if desk.approved is not None:
        raise await decided_already(tx, desk.approved, member)
    if desk.active is not None:
        raise StaleAction("an attempt is running", state=desk.active.state.value)
