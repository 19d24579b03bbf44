"""The screen of a recording is brought to what its row says."""

from services.assistant.listening.ports import Progress, RecordingScreen, RecordingView
from services.assistant.listening.report_progress import ReportProgress
from services.domain.chat import ChatAddress
from services.domain.recording import AT_WORK, Recording
from services.store.ports import Store


class ShowRecording:
    """By one process at a time: the first drawing makes the message that all others edit."""

    def __init__(self, store: Store, screen: RecordingScreen, report: ReportProgress) -> None:
        self._store = store
        self._screen = screen
        self._report = report
        self._told: dict[int, Progress] = {}

    async def __call__(self, recording_id: int) -> None:
        """Until the screen shows the newest version. Raises NotShown, PreviewDropped, StoreUnavailable."""
        while True:
            view = await self._view(recording_id)
            if view is None or await self._is_up_to_date(view.recording, await self._screen.show(view)):
                return

    async def progress(self, recording_id: int) -> None:
        """Of one at work that has its message, if there was any. Raises as above."""
        view = await self._view(recording_id)
        if view is None or view.recording.screen is None:
            return
        told, now = self._told.get(recording_id), view.progress
        if now is None:
            self._told.pop(recording_id, None)
        elif told is None or _far(told) != _far(now):
            await self._screen.show(view)
            self._told[recording_id] = now

    async def _view(self, recording_id: int) -> RecordingView | None:
        async with self._store.reading() as tx:
            recording = await tx.recordings.get(recording_id)
            member = await tx.members.get(recording.member_id) if recording else None
        if recording is None:
            return None
        is_among_others = recording.request.is_own and not recording.address.is_private
        speaker = member.name if member and is_among_others else ""
        progress = await self._report(recording) if recording.is_long and recording.state in AT_WORK else None
        return RecordingView(recording, progress, speaker)

    async def _is_up_to_date(self, drawn: Recording, at: ChatAddress | None) -> bool:
        async with self._store.transaction() as tx:
            if at is not None and at != drawn.screen:
                await tx.recordings.place(drawn.id, at, instead_of=drawn.screen)
            return await tx.recordings.shown(drawn.id, drawn.version)


def _far(progress: Progress) -> tuple[int, int, int]:
    """What moves only when work does: the estimate of what is left moves by itself."""
    return progress.heard_ms, progress.digests, progress.digests_total
