"""How far a long recording is, and how long the rest may take."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.assistant.listening.report_progress import ReportProgress
from services.domain.recording import Recording, RecordingState
from services.domain.transcript import Transcript
from services.store.tables_voice import recording_pieces
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.long_talk import MINUTE, transcribed


async def half_way(team: Team, heard: int, every_seconds: float = 6.0) -> Recording:
    """`heard` of ten pieces of a minute, the last one now, in a recording of twenty minutes: half of it is silence."""
    recording = await transcribed(team, 10)
    now = team.clock.now()
    async with team.store.transaction() as tx:
        raw = tx.recordings._sql  # type: ignore[attr-defined]
        pieces, this = recording_pieces.c, recording_pieces.c.recording_id == recording.id
        await raw.run(update(recording_pieces).where(this, pieces.number >= heard).values(heard_at=None))
        for number in range(heard):
            at = now - timedelta(seconds=every_seconds) * (heard - 1 - number)
            await raw.run(update(recording_pieces).where(this, pieces.number == number).values(heard_at=at))
        await tx.recordings.advance(recording.id, RecordingState.FAILED)
        going_on = await tx.recordings.advance(recording.id, RecordingState.PREPARED, duration_ms=20 * MINUTE)
    assert going_on is not None
    return going_on


async def test_nobody_works_on_it(team: Team) -> None:
    recording = await transcribed(team)
    async with team.store.transaction() as tx:
        done = await tx.recordings.advance(recording.id, RecordingState.DONE)
    assert done is not None
    assert await ReportProgress(team.store, team.clock)(done) is None


@pytest.mark.parametrize(
    ("heard", "heard_ms", "left"),
    [(0, 0, None), (1, 2 * MINUTE, None), (2, 4 * MINUTE, 48.0), (5, 10 * MINUTE, 30.0), (10, 20 * MINUTE, 0.0)],
)
async def test_the_pace_so_far_tells_how_long_the_rest_takes(
    team: Team, heard: int, heard_ms: int, left: float | None
) -> None:
    """Six seconds a minute of speech; silences between pieces cost nothing."""
    recording = await half_way(team, heard)
    progress = await ReportProgress(team.store, team.clock)(recording)
    assert progress is not None
    assert (progress.heard_ms, progress.total_ms) == (heard_ms, 20 * MINUTE)
    assert progress.left_seconds == (None if left is None else pytest.approx(left))


async def test_time_goes_by_between_two_pieces_and_a_long_silence_tells_nothing(team: Team) -> None:
    report = ReportProgress(team.store, team.clock)
    recording = await half_way(team, 5)
    team.clock.advance(seconds=4)
    progress = await report(recording)
    assert progress is not None
    assert progress.left_seconds == pytest.approx(26)
    team.clock.advance(minutes=5)
    progress = await report(recording)
    assert progress is not None
    assert progress.left_seconds is None


async def test_digests_are_counted_by_the_parts_of_the_talk(team: Team) -> None:
    recording = await transcribed(team)
    body = {"start_ms": 0, "end_ms": 1, "total": 4, "digest": {}}
    async with team.store.transaction() as tx:
        for number in (0, 2, 1000):
            await tx.recordings.put_digest(recording.id, number, body)
    progress = await ReportProgress(team.store, team.clock)(recording)
    assert progress is not None
    assert (progress.digests, progress.digests_total, progress.left_seconds) == (2, 4, None)


async def test_before_it_is_cut_nothing_is_known(team: Team) -> None:
    recording = await transcribed(team, 1)
    async with team.store.transaction() as tx:
        await tx.recordings.advance(recording.id, RecordingState.FAILED)
        fetched = await tx.recordings.advance(recording.id, RecordingState.FETCHED, duration_ms=None)
        heard_again = await tx.recordings.hear(recording.id, 0, Transcript("другое"))
    assert fetched is not None
    assert not heard_again
    progress = await ReportProgress(team.store, team.clock)(fetched)
    assert progress is not None
    assert (progress.total_ms, progress.left_seconds) == (None, None)
