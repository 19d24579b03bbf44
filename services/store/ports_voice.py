"""Recordings, as the use cases see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypedDict, Unpack

from services.domain.chat import ChatAddress
from services.domain.minutes import Minutes
from services.domain.recording import Intent, NewRecording, Piece, Recording, RecordingState
from services.domain.transcript import Transcript


class RecordingChanges(TypedDict, total=False):
    """What may change; what is not named stays."""

    duration_ms: int | None
    is_long: bool
    file_key: str | None
    pieces: int | None
    text: str
    is_corrected: bool
    heard_language: str | None
    confidence: float | None
    intent: Intent | None
    start_at: datetime | None
    minutes: Minutes | None
    document_id: int | None
    error_code: str | None
    error_facts: dict[str, int | str]
    failed_in: RecordingState | None


@dataclass(frozen=True, slots=True)
class PieceCounts:
    total: int
    heard: int
    total_ms: int
    """Of the recording, not of the clock; long silences belong to no piece."""
    heard_ms: int
    first_heard_at: datetime | None
    last_heard_at: datetime | None


class Recordings(Protocol):
    async def add(self, new: NewRecording) -> tuple[Recording, bool]:
        """RECEIVED, version 1, shown 0. (the known one, False) when this message has been stored before."""
        ...

    async def get(self, recording_id: int) -> Recording | None: ...
    async def lock(self, recording_id: int) -> Recording | None:
        """`get`; nobody else changes it until this transaction ends."""
        ...

    async def carried_by(self, chat_id: int, message_id: int) -> Recording | None:
        """The recording in a person's message."""
        ...

    async def shown_by(self, screen: ChatAddress) -> Recording | None:
        """The recording that a message of Muza's is about."""
        ...

    async def advance(
        self,
        recording_id: int,
        to: RecordingState,
        *,
        expected_version: int | None = None,
        **changes: Unpack[RecordingChanges],
    ) -> Recording | None:
        """One guarded statement: only along TRANSITIONS, and only from `expected_version` if it is given; version + 1.
        None: the world had changed before. OVER states get their `finished_at`."""
        ...

    async def change(
        self, recording_id: int, *, expected_version: int | None = None, **changes: Unpack[RecordingChanges]
    ) -> Recording | None:
        """In its state; version + 1, so that it is drawn anew. None as above."""
        ...

    async def place(self, recording_id: int, screen: ChatAddress, *, instead_of: ChatAddress | None = None) -> bool:
        """Its message on the screen; `instead_of`: the one before, which a person has deleted. False: it has another
        already; the new one must go."""
        ...

    async def shown(self, recording_id: int, version: int) -> bool:
        """The screen shows `version` now. False: the row is further on, or an older drawing came over a newer one: draw
        again."""
        ...

    async def to_do(self, *, is_long: bool | None, now: datetime) -> Sequence[Recording]:
        """AT_WORK, or WAITING with `start_at` reached; oldest first."""
        ...

    async def not_wanted(self) -> Sequence[int]:
        """Cancelled or silent, and their sound is still in the file store."""
        ...

    async def cancelled(self, recording_ids: Collection[int]) -> Sequence[int]:
        """Of these."""
        ...

    async def failed_with(self, error_code: str, limit: int) -> Sequence[Recording]:
        """Failed so and not tried again since, newest first."""
        ...

    async def forget_file(self, recording_id: int) -> None:
        """Its sound is not in the file store any more. Nothing that anybody sees: the version stays."""
        ...

    async def behind(self, limit: int = 100) -> Sequence[Recording]:
        """Those whose screen shows an older version, oldest first."""
        ...

    async def open_in(self, chat_id: int, topic_id: int | None, member_id: int) -> Sequence[Recording]:
        """Of this person, here, not over and not failed: what /cancel means."""
        ...

    async def cut(self, pieces: Sequence[Piece]) -> None:
        """All pieces of a recording at once; those of an earlier try are forgotten if none of them was heard."""
        ...

    async def pieces(self, recording_id: int) -> Sequence[Piece]:
        """In order."""
        ...

    async def hear(self, recording_id: int, number: int, transcript: Transcript) -> bool:
        """False: this piece had its text already; the first one stays."""
        ...

    async def counts(self, recording_id: int) -> PieceCounts: ...
    async def put_digest(self, recording_id: int, number: int, body: dict[str, Any]) -> None:
        """Kept if it is there already."""
        ...

    async def digests(self, recording_id: int) -> dict[int, dict[str, Any]]: ...
    async def with_files_before(self, before: datetime, limit: int = 100) -> Sequence[Recording]:
        """Created before that and still with sound in the file store; none that is being worked on."""
        ...
