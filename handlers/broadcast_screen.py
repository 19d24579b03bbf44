"""Shows how far an announcement is, in the message where its author pressed Send."""

from collections.abc import Callable
from time import monotonic

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
)
from aiogram.types import InlineKeyboardMarkup
from loguru import logger

from handlers.broadcast_keyboards import stop_keyboard
from handlers.i18n import Catalogues, Texts
from handlers.sender import MarkUrgency, MessageGone, MessageSender, Urgency, unmarked
from handlers.undelivered_keyboards import show_undelivered_keyboard
from handlers.views.broadcast import ended_message, progress_message
from services.assistant.report_broadcasts import Progress
from services.domain.broadcast import BroadcastReport

STILL_SECONDS = 4.0
"""Previews give way while the messages themselves go out; a bar that stands still longer than this looks broken."""


class BroadcastScreen:
    def __init__(
        self,
        bot: Bot,
        catalogues: Catalogues,
        *,
        mark: MarkUrgency = unmarked,
        refusals: tuple[type[Exception], ...] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`refusals`: errors by which a preview is dropped when Telegram's limits are near."""
        self._sender = MessageSender(bot, mark)
        self._catalogues = catalogues
        self._refusals = refusals
        self._clock = clock
        self._shown: dict[int, tuple[str, float]] = {}

    async def show(self, progress: Progress) -> bool:
        """Whether what was to be shown is on the screen, or never can be. Does nothing when it is there already."""
        report, author = progress.report, progress.author
        at = report.broadcast.progress
        if at is None:
            return True
        texts = self._catalogues.texts(self._catalogues.choose(author.reads_in, None))
        rendered = ended_message(report, texts) if report.is_over else progress_message(report, texts)
        last, shown_at = self._shown.get(report.broadcast.id, ("", -STILL_SECONDS))
        if rendered.text == last:
            return True
        keyboard = _keyboard(report, texts)
        urgency = Urgency.PREVIEW if self._clock() - shown_at < STILL_SECONDS else Urgency.NOTIFICATION
        try:
            await self._sender.edit(at, rendered, keyboard, urgency=Urgency.REPLY if report.is_over else urgency)
        except self._refusals:
            return False
        except MessageGone:
            # Deleted by its author. The end is told all the same; progress that nobody wanted to see is not.
            if report.is_over:
                await self._sender.send(at.at(None), rendered, urgency=Urgency.NOTIFICATION)
        except (TelegramForbiddenError, TelegramNotFound, TelegramBadRequest) as error:
            logger.warning("progress cannot be shown in chat={}: {}", at.chat_id, error.message)
        except (TelegramAPIError, ClientDecodeError) as error:
            logger.info("progress was not shown in chat={}: {}", at.chat_id, type(error).__name__)
            return False
        self._shown[report.broadcast.id] = rendered.text, self._clock()
        return True

    def forget(self, broadcast_id: int) -> None:
        self._shown.pop(broadcast_id, None)


def _keyboard(report: BroadcastReport, texts: Texts) -> InlineKeyboardMarkup | None:
    """Who has shut the bot out is no matter for anybody; what was refused or is unconfirmed can be sent again."""
    if report.is_over:
        needs_people = report.counts.failed or report.counts.uncertain
        return show_undelivered_keyboard(texts) if needs_people else None
    return None if report.is_stopped else stop_keyboard(report.broadcast.id, texts)
