"""Whose batch it is, and where it may be decided about."""

from services.domain.batch import Batch
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.store.ports import Transaction


async def own_batch(tx: Transaction, member: Member, batch_id: int, pressed_in: ChatAddress) -> Batch:
    """Held until the transaction ends. It is its author's, and the administrators'. Raises NotAllowed; StaleAction for
    a batch that was never shown in this chat: callback data can be forged, the chat it comes from cannot."""
    batch = await tx.batches.lock(batch_id)
    if batch is None or batch.address.chat_id != pressed_in.chat_id:
        raise StaleAction(f"no batch {batch_id} here", state="batch_unknown")
    if batch.member_id != member.id and not member.may_administer:
        raise NotAllowed
    return batch


def outdated(batch: Batch) -> StaleAction:
    return StaleAction(f"batch {batch.id} is {batch.state.value}", state=f"batch_{batch.state.value}")
