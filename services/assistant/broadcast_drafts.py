"""What an administrator sees of an announcement that is not sent yet, and who may go on with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.domain.broadcast import Audience, Broadcast
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.store.ports import Transaction


@dataclass(frozen=True, slots=True)
class Proposal:
    """Send it to whom?"""

    broadcast: Broadcast
    sizes: Mapping[Audience, int]
    """Chats that each audience would reach now."""


async def propose(tx: Transaction, broadcast: Broadcast) -> Proposal:
    found = [(one, await tx.broadcasts.addressees(one, broadcast.author_id)) for one in Audience]
    return Proposal(broadcast, {audience: len(addresses) for audience, addresses in found})


async def own_broadcast(tx: Transaction, member: Member, broadcast_id: int) -> Broadcast:
    """Raises NotAllowed for anybody but its author, while they are an administrator; StaleAction for an unknown one."""
    broadcast = await tx.broadcasts.get(broadcast_id)
    if broadcast is None:
        raise StaleAction(f"no broadcast {broadcast_id}", state="broadcast_unknown")
    if not member.may_administer or broadcast.author_id != member.id:
        raise NotAllowed
    return broadcast


async def moved_on(tx: Transaction, broadcast_id: int) -> StaleAction:
    """What to raise when a guarded change found another state."""
    broadcast = await tx.broadcasts.get(broadcast_id)
    state = broadcast.state.value if broadcast else "unknown"
    return StaleAction(f"broadcast {broadcast_id} is {state}", state=f"broadcast_{state}")
