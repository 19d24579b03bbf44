"""Every piece becomes text, once, whatever happens in between."""

import asyncio

import pytest

from services.assistant.listening.hear_recording import HearRecording
from services.assistant.listening.sound import SoundGone, folder_of
from services.domain.errors import ModelTimeout
from services.domain.project import BrandProfile
from services.domain.recording import RecordingState
from services.files.obstore_files import ObstoreFiles
from services.store.job_fence import Fence, JobOvertaken, fenced
from services.store.sql_store import SqlStore
from tests.store_rows import NOW
from tests.unit.services.assistant.listening.hearing import ScriptedListener, memory_files, reload, with_pieces

pytestmark = pytest.mark.parametrize("at_once", [1, 3])


@pytest.fixture
def files() -> ObstoreFiles:
    return memory_files()


def hearing(store: SqlStore, files: ObstoreFiles, listener: ScriptedListener, at_once: int) -> HearRecording:
    return HearRecording(store, files, listener, asyncio.Event(), at_once=at_once)


async def test_the_pieces_become_one_text(sqlite_store: SqlStore, files: ObstoreFiles, at_once: int) -> None:
    recording = await with_pieces(sqlite_store, files, 4)
    listener = ScriptedListener(silent=[b"2"])
    await hearing(sqlite_store, files, listener, at_once)(recording)
    heard = await reload(sqlite_store, recording)
    assert (heard.state, heard.text) == (RecordingState.TRANSCRIBED, "word 0 word 1 word 3")
    assert heard.heard_language == "ru"
    assert heard.confidence == pytest.approx(0.8)
    assert sorted(listener.heard) == [b"0", b"1", b"2", b"3"]
    assert {context.recording_id for context in listener.contexts} == {recording.id}
    async with sqlite_store.reading() as tx:
        pieces = await tx.recordings.pieces(recording.id)
    times = [segment.start_ms for piece in pieces if piece.transcript for segment in piece.transcript.segments]
    assert times == [0, 2_000, 6_000], "times are of the recording"


async def test_a_recording_without_words_is_silent(sqlite_store: SqlStore, files: ObstoreFiles, at_once: int) -> None:
    recording = await with_pieces(sqlite_store, files, 2)
    await hearing(sqlite_store, files, ScriptedListener(silent=[b"0", b"1"]), at_once)(recording)
    assert (await reload(sqlite_store, recording)).state is RecordingState.SILENT


async def test_what_has_its_text_is_not_sent_again(sqlite_store: SqlStore, files: ObstoreFiles, at_once: int) -> None:
    recording = await with_pieces(sqlite_store, files, 5)
    listener = ScriptedListener(troubles={b"3": [ModelTimeout()]})
    hear = hearing(sqlite_store, files, listener, at_once)
    with pytest.raises(ModelTimeout):
        await hear(recording)
    assert (await reload(sqlite_store, recording)).state is RecordingState.PREPARED
    await hear(recording)
    assert (await reload(sqlite_store, recording)).state is RecordingState.TRANSCRIBED
    assert sorted(listener.heard) == [b"0", b"1", b"2", b"3", b"4"]


async def test_names_and_what_came_before_are_told(sqlite_store: SqlStore, files: ObstoreFiles, at_once: int) -> None:
    recording = await with_pieces(sqlite_store, files, 2)
    async with sqlite_store.transaction() as tx:
        project = await tx.projects.get(recording.project_id)
        assert project is not None
        await tx.projects.ensure(project.slug, project.name, BrandProfile(glossary=("Тихий час",)))
    listener = ScriptedListener()
    await hearing(sqlite_store, files, listener, at_once)(recording)
    assert {hint.glossary for hint in listener.hints} == {("Тихий час",)}
    assert [hint.before for hint in listener.hints] == (["", "word 0"] if at_once == 1 else ["", ""])


async def test_sound_that_is_gone_is_told(sqlite_store: SqlStore, files: ObstoreFiles, at_once: int) -> None:
    recording = await with_pieces(sqlite_store, files, 2)
    await files.delete(folder_of(recording.id))
    with pytest.raises(SoundGone):
        await hearing(sqlite_store, files, ScriptedListener(), at_once)(recording)


async def test_one_that_was_overtaken_writes_nothing(sqlite_store: SqlStore, files: ObstoreFiles, at_once: int) -> None:
    recording = await with_pieces(sqlite_store, files, 2)
    async with sqlite_store.transaction() as tx:
        token = await tx.job_leases.take("recording:1", "me", NOW, NOW)
        assert token is not None
        assert await tx.job_leases.take("recording:1", "heir", NOW, NOW) is not None
    with fenced(Fence("recording:1", token)), pytest.raises(JobOvertaken):
        await hearing(sqlite_store, files, ScriptedListener(), at_once)(recording)
    async with sqlite_store.reading() as tx:
        assert (await tx.recordings.counts(recording.id)).heard == 0


async def test_a_process_that_ends_sends_no_further_piece(
    sqlite_store: SqlStore, files: ObstoreFiles, at_once: int
) -> None:
    recording = await with_pieces(sqlite_store, files, 6)
    listener, closing = ScriptedListener(gate=asyncio.Event(), wanted=at_once), asyncio.Event()
    hear = HearRecording(sqlite_store, files, listener, closing, at_once=at_once)
    async with asyncio.TaskGroup() as group:
        group.create_task(hear(recording))
        await listener.full.wait()
        closing.set()
        assert listener.gate is not None
        listener.gate.set()
    assert len(listener.heard) == at_once, "what was sent is heard to its end, and kept"
    async with sqlite_store.reading() as tx:
        assert (await tx.recordings.counts(recording.id)).heard == at_once
    assert (await reload(sqlite_store, recording)).state is RecordingState.PREPARED
