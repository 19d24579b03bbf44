"""How far a long recording is, and how long the rest may take."""

from services.assistant.listening.ports import Progress
from services.assistant.listening.write_minutes import LEVEL
from services.assistant.ports import Clock
from services.domain.recording import AT_WORK, Recording, RecordingState
from services.store.ports import Store
from services.store.ports_voice import PieceCounts

SILENT_SECONDS = 60.0
"""Nothing was heard for so long: what came before says nothing about what comes."""
LEAST_PIECES = 2


class ReportProgress:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, recording: Recording) -> Progress | None:
        """None for what nobody works on. Milliseconds are of the recording, silences included."""
        if recording.state not in AT_WORK:
            return None
        async with self._store.reading() as tx:
            counts = await tx.recordings.counts(recording.id)
            digests = await tx.recordings.digests(recording.id)
        of_parts = [body for number, body in digests.items() if number < LEVEL]
        total = recording.duration_ms
        share = counts.heard_ms / counts.total_ms if counts.total_ms else 0.0
        return Progress(
            heard_ms=round(share * total) if total else counts.heard_ms,
            total_ms=total,
            left_seconds=self._left(recording, counts),
            digests=len(of_parts),
            digests_total=max((int(body["total"]) for body in of_parts), default=0),
        )

    def _left(self, recording: Recording, counts: PieceCounts) -> float | None:
        first, last = counts.first_heard_at, counts.last_heard_at
        if recording.state is not RecordingState.PREPARED or first is None or last is None:
            return None
        idle = (self._clock.now() - last).total_seconds()
        spent = (last - first).total_seconds()
        if counts.heard < LEAST_PIECES or spent <= 0 or idle > SILENT_SECONDS:
            return None
        # The first piece was being heard before `first`: it counts for neither the work nor the time.
        heard_since = counts.heard_ms * (counts.heard - 1) / counts.heard
        left = (counts.total_ms - counts.heard_ms) * spent / heard_since if heard_since else 0.0
        return max(0.0, left - idle)
