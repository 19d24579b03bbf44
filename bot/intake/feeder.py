"""One stored update through the dispatcher, with a bounded number of tries."""

import asyncio
from collections.abc import Sequence

from aiogram import Bot, Dispatcher
from aiogram.methods import TelegramMethod
from aiogram.types import Message, Update
from aiogram.types.update import UpdateTypeLookupError
from loguru import logger
from pydantic import ValidationError

from services.store.ports import StoredUpdate

PAUSES_SECONDS = (0.5, 3.0)
"""Between tries of a handler that raised."""
HANDLER_SECONDS = 300.0
"""Handlers take milliseconds; the longest honest wait is for a group's message budget."""


class Feeder:
    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        *,
        pauses: tuple[float, ...] = PAUSES_SECONDS,
        handler_seconds: float = HANDLER_SECONDS,
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._pauses = pauses
        self._handler_seconds = handler_seconds

    async def feed(self, rows: Sequence[StoredUpdate]) -> str | None:
        """One update, or the parts of an album as one turn: the part with the caption speaks, and handlers find all of
        them in `album`. None: handled. Otherwise the code of the error that ended it: a poisonous update never blocks
        its lane."""
        read = [self._read(row) for row in rows]
        updates = [update for update in read if isinstance(update, Update)]
        if not updates:
            return next(code for code in read if isinstance(code, str))
        album = tuple(update.message for update in updates if update.message is not None) if len(updates) > 1 else ()
        return await self._dispatch(min(updates, key=_rank), album)

    def _read(self, row: StoredUpdate) -> Update | str:
        try:
            update = Update.model_validate_json(row.body, context={"bot": self._bot})
        except ValidationError as error:
            logger.error("update {} cannot be read: {} faults", row.update_id, error.error_count())
            return "unreadable"
        if not _is_known(update):
            logger.warning("update {} is of an unknown kind", row.update_id)
            return "unknown_kind"
        return update

    async def _dispatch(self, update: Update, album: tuple[Message, ...]) -> str | None:
        code = ""
        for pause in (*self._pauses, None):
            try:
                async with asyncio.timeout(self._handler_seconds):
                    response = await self._dispatcher.feed_update(self._bot, update, album=album)
                    if isinstance(response, TelegramMethod):
                        await self._bot(response)
            except Exception as error:  # noqa: BLE001 - whatever a handler raises, the lane goes on
                code = type(error).__name__
                logger.opt(exception=error).error("update {} failed in its handler: {}", update.update_id, code)
            else:
                return None
            if pause is not None:
                await asyncio.sleep(pause)
        return code


def _rank(part: Update) -> tuple[bool, bool, int]:
    """A command in a caption first, then a caption, then the order of sending."""
    message = part.message
    caption = (message.caption or "") if message else ""
    return not caption.startswith("/"), not caption, message.message_id if message else 0


def _is_known(update: Update) -> bool:
    """aiogram would warn about an unknown kind by printing the whole update, people's words included."""
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False
