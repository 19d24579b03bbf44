"""A pressed button. Telegram wants every press answered once, within seconds; people want to read the verdict."""

from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InaccessibleMessage, Message
from loguru import logger

ALERT_LIMIT = 200
"""Characters of a callback answer: https://core.telegram.org/bots/api#answercallbackquery"""


class Press:
    def __init__(self, query: CallbackQuery) -> None:
        self.query = query
        self.answered = False

    @property
    def source(self) -> Message | None:
        """The message that the pressed message replies to, as far as Telegram still shows it."""
        shown = self.query.message
        if shown is None or isinstance(shown, InaccessibleMessage):
            return None
        return shown.reply_to_message

    async def answer(self, text: str | None = None, *, alert: bool = False) -> None:
        """Only the first call is sent; `alert` opens a window that has to be closed by hand."""
        if self.answered:
            return
        self.answered = True
        shown = text if text is None or len(text) <= ALERT_LIMIT else f"{text[: ALERT_LIMIT - 1]}…"
        try:
            await self.query.answer(text=shown, show_alert=alert)
        except TelegramAPIError as error:
            # The decision stands in the database whether or not the person's client still waits for the answer, and the
            # message must show it all the same.
            logger.info("press not answered: {} {}", type(error).__name__, error.message)
