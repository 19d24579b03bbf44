"""Digests of a recording's parts in the database: what was paid for once is not asked for again after a crash."""

from typing import Any

from services.assistant.listening.transcript_parts import Part
from services.domain.failpoint import FailPoint, reached
from services.domain.minutes import Minutes, Point
from services.domain.recording import RecordingState
from services.store.job_fence import JobOvertaken, check_fence
from services.store.ports import Store
from services.store.recording_row import as_json


class StoredDigests:
    """Implements `write_minutes.DigestShelf`."""

    def __init__(self, store: Store, recording_id: int) -> None:
        self._store = store
        self._recording_id = recording_id

    async def get(self, number: int, part: Part) -> Minutes | None:
        """Raises JobOvertaken when nobody waits for minutes any more: no further call leaves then."""
        async with self._store.reading() as tx:
            recording = await tx.recordings.get(self._recording_id)
            body = (await tx.recordings.digests(self._recording_id)).get(number)
        if recording is None or recording.state is not RecordingState.TRANSCRIBED:
            raise JobOvertaken(f"recording {self._recording_id} is not to be summed up")
        if body is None or (body["start_ms"], body["end_ms"]) != (part.start_ms, part.end_ms):
            return None
        return _minutes(body["digest"])

    async def put(self, number: int, part: Part, digest: Minutes, total: int) -> None:
        body = {"start_ms": part.start_ms, "end_ms": part.end_ms, "total": total, "digest": as_json(digest)}
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.put_digest(self._recording_id, number, body)
        reached(FailPoint.DIGEST_STORED)


def _minutes(value: dict[str, Any]) -> Minutes:
    decisions, tasks, ideas = (
        tuple(Point(point["text"], point["at_ms"]) for point in value[name]) for name in ("decisions", "tasks", "ideas")
    )
    return Minutes(value["title"], value["summary"], decisions, tasks, ideas)
