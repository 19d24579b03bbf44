"""The bot was let in again."""

from loguru import logger

from services.store.ports import Store


class OpenChat:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, chat_id: int) -> bool:
        """True when the chat was closed until now."""
        async with self._store.transaction() as tx:
            opened = await tx.chats.reopen(chat_id)
        if opened:
            logger.info("chat {} is open to the bot again", chat_id)
        return opened
