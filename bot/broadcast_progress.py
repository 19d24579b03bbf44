"""Keeps the progress of announcements moving, beside the work of a bot or a delivery worker.

Every such process looks; one holds the lease and does the showing, and when it dies another goes on from what the
database says.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from aiogram import Bot
from loguru import logger

from bot.container import Container
from bot.job_lease import JobLease
from bot.knowledge_sweep import rest
from bot.urgency import mark_urgency
from handlers.broadcast_screen import BroadcastScreen
from handlers.i18n import Catalogues
from services.assistant.report_broadcasts import Progress, ReportBroadcasts
from services.delivery.ports import PreviewDropped
from services.domain.broadcast import Broadcast
from services.domain.errors import StoreUnavailable
from services.store.job_fence import JobOvertaken

if TYPE_CHECKING:
    from bot.job_tools import OpenTools

SHOW_SECONDS = 1.7
"""Telegram lets a message change about once a second; the announcement itself needs most of the room."""
LOOK_SECONDS = 1.0
LEASE = timedelta(seconds=9)
RENEW_SECONDS = 3.0
LEASE_NAME = "broadcast-progress"


class Screen(Protocol):
    async def show(self, progress: Progress) -> bool:
        """Whether it is on the screen, or never can be."""
        ...

    def forget(self, broadcast_id: int) -> None: ...


class BroadcastProgress:
    def __init__(
        self,
        reports: ReportBroadcasts,
        screen: Screen,
        lease: JobLease,
        *,
        show_seconds: float = SHOW_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._reports = reports
        self._screen = screen
        self._lease = lease
        self._show_seconds = show_seconds
        self._look_seconds = look_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if await self._reports.unfinished():
                    await self._lease.run(LEASE_NAME, lambda: self._watch(stop))
            except (StoreUnavailable, JobOvertaken) as error:
                logger.warning("progress of announcements has to wait: {}", type(error).__name__)
            await rest(stop, self._look_seconds)

    async def _watch(self, stop: asyncio.Event) -> None:
        """Until every announcement has ended."""
        while not stop.is_set() and (unfinished := await self._reports.unfinished()):
            for broadcast in unfinished:
                await self._show(broadcast)
            await rest(stop, self._show_seconds)

    async def _show(self, broadcast: Broadcast) -> None:
        progress = await self._reports(broadcast)
        # Shown first, then written down: a crash between the two shows the same end once more, in the same message.
        if await self._screen.show(progress) and progress.report.is_over:
            await self._reports.finish(progress)
            self._screen.forget(broadcast.id)


def progress_of(container: Container, bot: Bot) -> BroadcastProgress:
    store, clock = container.store, container.adapters.clock
    catalogues = Catalogues(container.settings.default_language)
    screen = BroadcastScreen(bot, catalogues, mark=mark_urgency, refusals=(PreviewDropped,))
    lease = JobLease(store, lease=LEASE, renew_seconds=RENEW_SECONDS)
    return BroadcastProgress(ReportBroadcasts(store, clock), screen, lease)


async def show_broadcasts(tools: "OpenTools", stop: asyncio.Event) -> None:
    """Beside the jobs of a delivery worker."""
    if tools.bot is not None:
        await progress_of(tools.container, tools.bot).run(stop)
