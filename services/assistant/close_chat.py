"""The bot was blocked, removed or muted: nobody can be reached there."""

from loguru import logger

from services.store.ports import Store


class CloseChat:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, chat_id: int, reason: str = "") -> bool:
        """True the first time. What waits for the chat is given up ("chat_closed"); `reason` is Telegram's, for the
        log. Attempts that run go on and are kept for the history."""
        async with self._store.transaction() as tx:
            closed = await tx.chats.close(chat_id)
            given_up = await tx.deliveries.close_chat(chat_id)
        if closed or given_up:
            logger.info("chat {} is closed to the bot ({}); deliveries given up: {}", chat_id, reason, given_up)
        return closed
