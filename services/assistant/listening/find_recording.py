"""Has this message been listened to before, or does it show what was heard?"""

from services.domain.chat import ChatAddress
from services.domain.recording import Recording
from services.store.ports import Store


class FindRecording:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, message: ChatAddress) -> Recording | None:
        """By the person's message that carries it, or by Muza's that shows it."""
        async with self._store.reading() as tx:
            carried = await tx.recordings.carried_by(message.chat_id, message.message_id or 0)
            return carried or await tx.recordings.shown_by(message)
