"""The text of a long recording as a file that a person keeps."""

import re
from dataclasses import dataclass

from services.assistant.listening.transcript_document import document_title, origin_of
from services.domain.recording import Recording
from services.domain.timeline import timeline
from services.store.ports import Store
from services.transcription.subtitles import subtitles, transcript_text

_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class TranscriptFile:
    name: str
    content: bytes
    """UTF-8 with a mark: editors on Windows would take Russian without one for something else."""


class ExportTranscript:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, recording_id: int, form: str) -> TranscriptFile | None:
        """`form`: txt or srt. None: nothing was heard, or the recording is gone."""
        async with self._store.reading() as tx:
            recording = await tx.recordings.get(recording_id)
            segments = timeline(await tx.recordings.pieces(recording_id))
        if recording is None or not segments:
            return None
        text = subtitles(segments) if form == "srt" else transcript_text(segments)
        return TranscriptFile(f"{file_name(recording)}.{form}", text.encode("utf-8-sig"))


def file_name(recording: Recording) -> str:
    title = document_title(origin_of(recording), recording.minutes.title if recording.minutes else "")
    return _NOT_IN_A_NAME.sub("-", title).strip("-.")[:_LONGEST_NAME].strip("-.") or "recording"
