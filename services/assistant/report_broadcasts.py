"""How far the announcements are, counted from the rows of the outbox: whoever asks, after whatever restart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.assistant.ports import Clock
from services.domain.broadcast import Broadcast, BroadcastReport, BroadcastState
from services.domain.member import Member
from services.store.ports import Store

SPEED_SECONDS = 10.0
"""The speed is that of the last seconds: after a pause, or a penalty, the average since the start says nothing."""


@dataclass(frozen=True, slots=True)
class Progress:
    report: BroadcastReport
    author: Member


class ReportBroadcasts:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def unfinished(self) -> Sequence[Broadcast]:
        """Cheap: asked every second by every process."""
        async with self._store.reading() as tx:
            return await tx.broadcasts.unfinished()

    async def __call__(self, broadcast: Broadcast) -> Progress:
        now = self._clock.now()
        if broadcast.state is BroadcastState.STOPPED:
            await self._keep_stopped(broadcast)
        async with self._store.reading() as tx:
            counts = await tx.broadcasts.counts(broadcast.id, now - timedelta(seconds=SPEED_SECONDS))
            author = await tx.members.get(broadcast.author_id)
        if author is None:
            raise LookupError(f"broadcast {broadcast.id} has no author")
        return Progress(BroadcastReport(broadcast, counts, now, SPEED_SECONDS), author)

    async def finish(self, progress: Progress) -> bool:
        """Its end was shown. False: another process has written it before."""
        report = progress.report
        async with self._store.transaction() as tx:
            done = await tx.broadcasts.finish(report.broadcast.id, report.at)
            if done is None:
                return False
            counts = report.counts
            facts = {"broadcast": done.id, "sent": counts.sent, "unreached": counts.unreached}
            await tx.audit.add("broadcast_finished", progress.author.id, **facts, cancelled=counts.cancelled)
        return True

    async def _keep_stopped(self, broadcast: Broadcast) -> None:
        """A message that was being sent when Stop was pressed, and was refused for the moment, must not go later."""
        async with self._store.transaction() as tx:
            await tx.deliveries.cancel_new(broadcast.id)
