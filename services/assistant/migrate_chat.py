"""A group became a supergroup: from now on it is spoken to by its new id."""

from loguru import logger

from services.store.ports import Store


class MigrateChat:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, old_chat_id: int, new_chat_id: int) -> None:
        """Everything that lives at the old id moves, in one transaction. Telegram tells of it twice (in the old group
        and in the new one, in either order) and once more in every refusal, and something may still have been written
        for the old id between two of them: each call moves what it finds."""
        if old_chat_id == new_chat_id:
            return
        async with self._store.transaction() as tx:
            waiting = await tx.deliveries.move_chat(old_chat_id, new_chat_id)
            moved = await tx.chats.move(old_chat_id, new_chat_id)
        if moved or waiting:
            logger.info("chat {} became the supergroup {}", old_chat_id, new_chat_id)
