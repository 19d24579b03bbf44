"""Which attempt a message shows: the one it was made for, unless somebody paged through the carousel."""

from services.domain.chat import ChatAddress
from services.domain.generation import Generation
from services.store.ports import Transaction


def _key(message: ChatAddress) -> str:
    return f"shown:{message.chat_id}:{message.message_id}"


async def remember_shown(tx: Transaction, message: ChatAddress, generation_id: int) -> None:
    await tx.notes.put(_key(message), {"generation_id": generation_id})


async def attempt_shown_by(tx: Transaction, message: ChatAddress) -> Generation | None:
    if message.message_id is None:
        return None
    paged = await tx.notes.get(_key(message))
    if paged is not None:
        return await tx.generations.get(int(paged["generation_id"]))
    return await tx.generations.by_message(message.chat_id, message.message_id)
