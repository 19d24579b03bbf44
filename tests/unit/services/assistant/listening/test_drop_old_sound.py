"""Sound is kept as long as somebody may try it again, and no longer."""

from datetime import timedelta

from services.assistant.listening.drop_old_sound import DropOldSound
from services.assistant.listening.drop_sound import DropSound
from services.domain.recording import RecordingState
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.unit.services.assistant.listening.hearing import in_state, memory_files, reload

S = RecordingState


async def test_old_sound_goes_and_its_text_stays(sqlite_store: SqlStore) -> None:
    files = memory_files()
    done, failed, working = [await in_state(sqlite_store, state) for state in (S.WAITING, S.FETCHED, S.FETCHED)]
    async with sqlite_store.transaction() as tx:
        await tx.recordings.advance(done.id, S.DONE, text="слова")
        await tx.recordings.advance(failed.id, S.FAILED, failed_in=S.FETCHED)
    for recording in (done, failed, working):
        await files.put(f"recordings/{recording.id}/source.ogg", b"sound")
        await files.put(f"recordings/{recording.id}/pieces/0.ogg", b"sound")
    assert working.created_at is not None
    clock = ManualClock(working.created_at)
    drop = DropOldSound(sqlite_store, clock, DropSound(sqlite_store, files), timedelta(days=30))

    assert await drop() == 0
    clock.advance(days=31)
    assert await drop() == 2
    assert await drop() == 0
    assert len(await files.keys("recordings")) == 2, "what is worked on keeps its sound"
    assert (await reload(sqlite_store, done)).text == "слова"
    assert (await reload(sqlite_store, failed)).file_key is None, "tried again, it is fetched anew"
