"""A long recording has its text: the transcript goes out as files, and its minutes are written."""

from datetime import timedelta

from loguru import logger

from services.assistant.hints import hint
from services.assistant.listening.digest_shelf import StoredDigests
from services.assistant.listening.write_minutes import Talk, WriteMinutes
from services.assistant.ports import Clock
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import CallRefused, ContextTooLong, ModelError, ModelNotConfigured, ModelRefused, MuzaError
from services.domain.minutes import Minutes
from services.domain.project import Project
from services.domain.recording import Recording, RecordingState
from services.domain.timeline import timeline
from services.domain.transcript import Segment
from services.domain.usage import CallContext
from services.queue.ports import JobName, JobQueue
from services.store.job_fence import check_fence, fence_token
from services.store.ports import Store

PATIENCE = timedelta(minutes=10)
"""After the last piece was heard: a language model that stays away longer is no reason to keep people waiting."""
FILES = ("txt", "srt")
_FOR_GOOD = (ModelNotConfigured, ModelRefused, ContextTooLong, CallRefused)
"""Trying again by itself would end the same."""


class SumUpRecording:
    def __init__(self, store: Store, write: WriteMinutes, jobs: JobQueue, clock: Clock) -> None:
        self._store = store
        self._write = write
        self._jobs = jobs
        self._clock = clock

    async def __call__(self, recording: Recording) -> None:
        """TRANSCRIBED → DONE. The files leave first: nobody waits for a summary to read what was said. Without a
        language model, or money for it, it is DONE all the same, with `error_code` and without minutes; a person may
        ask for them later.

        Raises the ModelError tree while it may be worth trying again, JobOvertaken, StoreUnavailable.
        """
        async with self._store.reading() as tx:
            segments = timeline(await tx.recordings.pieces(recording.id))
            project = await tx.projects.get(recording.project_id)
        await self._send_files(recording)
        if recording.request.text_only or not segments:
            await self._finish(recording, None)
            return
        try:
            minutes = await self._write(_talk(recording, segments, project), StoredDigests(self._store, recording.id))
        except (ModelError, CallRefused) as error:
            if not isinstance(error, _FOR_GOOD) and not await self._has_waited_enough(recording):
                raise
            logger.bind(recording=recording.id).warning("no minutes for now: {}", error.code)
            await self._finish(recording, None, error)
        else:
            await self._finish(recording, minutes)

    async def _send_files(self, recording: Recording) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            for form in FILES:
                await tx.deliveries.add(transcript_file(recording, form))
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)

    async def _finish(self, recording: Recording, minutes: Minutes | None, error: MuzaError | None = None) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            done = await tx.recordings.advance(
                recording.id,
                RecordingState.DONE,
                minutes=minutes,
                error_code=error.code if error else None,
                error_facts=error.facts if error else {},
            )
        if done is None:  # a person cancelled it meanwhile
            logger.bind(recording=recording.id).info("minutes of a recording that is over are not kept")

    async def _has_waited_enough(self, recording: Recording) -> bool:
        async with self._store.reading() as tx:
            heard_at = (await tx.recordings.counts(recording.id)).last_heard_at
        return heard_at is None or self._clock.now() - heard_at > PATIENCE


def transcript_file(recording: Recording, form: str) -> NewDelivery:
    """In reply to the recording. `form`: txt or srt."""
    return NewDelivery(
        DeliveryKind.TRANSCRIPT_FILE,
        recording.address,
        key=f"recording:{recording.id}:{form}",
        payload={"recording_id": recording.id, "format": form},
    )


def _talk(recording: Recording, segments: tuple[Segment, ...], project: Project | None) -> Talk:
    context = CallContext(
        task="minutes",
        project_id=recording.project_id,
        member_id=recording.member_id,
        recording_id=recording.id,
        lease_token=fence_token(),
        chat_id=recording.address.chat_id,
    )
    return Talk(segments, recording.heard_language or recording.language.value, project, context)
