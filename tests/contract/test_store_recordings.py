"""Recordings: who carries them, what changes them, what is to be done and drawn."""

import asyncio
from datetime import timedelta

from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.generation import Chip
from services.domain.minutes import Minutes, Point
from services.domain.recording import AT_WORK, TRANSITIONS, Intent, RecordingState, SpokenAction, SpokenRequest
from services.store.ports import Store
from tests.contract.recording_rows import HEARD, a_recording, new_recording, pieces_of
from tests.store_rows import NOW

S = RecordingState


async def test_a_message_that_comes_twice_is_one_recording(store: Store) -> None:
    new = await new_recording(store)

    async def add() -> tuple[int, bool]:
        async with store.transaction() as tx:
            recording, is_new = await tx.recordings.add(new)
            return recording.id, is_new

    added = await asyncio.gather(*(add() for _ in range(5)))
    assert len({number for number, _ in added}) == 1
    assert [is_new for _, is_new in added].count(True) == 1


async def test_everything_known_of_it_is_kept(store: Store) -> None:
    request = SpokenRequest(
        is_own=False, task=Task.ASK, words="коротко", answered_message_id=5, quote="чай", payload={"id": 7}
    )
    new = await new_recording(store, request=request, file_name="совещание.m4a", size_bytes=3_000_000_000, is_long=True)
    async with store.transaction() as tx:
        recording, _ = await tx.recordings.add(new)
    async with store.reading() as tx:
        assert await tx.recordings.get(recording.id) == recording
        assert await tx.recordings.carried_by(new.address.chat_id, new.address.message_id or 0) == recording
        assert await tx.recordings.get(recording.id + 1) is None
    assert (recording.state, recording.version, recording.shown_version) == (S.RECEIVED, 1, 0)
    assert (recording.request, recording.address, recording.size_bytes) == (request, new.address, 3_000_000_000)


async def test_intent_and_minutes_come_back_as_they_were(store: Store) -> None:
    recording = await a_recording(store)
    intent = Intent(SpokenAction.REGENERATE, "короче", Chip.SHORTER, 17, 3, is_certain=False)
    minutes = Minutes("Чай", "Говорили о чае.", (Point("Берём улун", 61_000),), (), (Point("Слоган"),))
    async with store.transaction() as tx:
        changed = await tx.recordings.change(recording.id, intent=intent, minutes=minutes, start_at=NOW)
        assert changed is not None
        assert (changed.intent, changed.minutes, changed.start_at) == (intent, minutes, NOW)
        cleared = await tx.recordings.change(recording.id, intent=None, start_at=None)
        assert cleared is not None
        assert (cleared.intent, cleared.minutes, cleared.start_at) == (None, minutes, None)
        assert cleared.version == recording.version + 2


async def test_only_the_version_that_was_seen_is_changed(store: Store) -> None:
    recording = await a_recording(store)
    async with store.transaction() as tx:
        assert await tx.recordings.change(recording.id, expected_version=2, text="нет") is None
        assert await tx.recordings.change(recording.id, expected_version=1, text="да") is not None
        assert await tx.recordings.advance(recording.id, S.FETCHED, expected_version=1) is None
        assert await tx.recordings.advance(recording.id, S.FETCHED, expected_version=2, file_key="k") is not None


async def test_of_two_ends_one_wins(store: Store) -> None:
    recording = await a_recording(store)

    async def end(state: RecordingState) -> bool:
        async with store.transaction() as tx:
            return await tx.recordings.advance(recording.id, state) is not None

    won = await asyncio.gather(end(S.CANCELLED), end(S.FETCHED), end(S.CANCELLED))
    assert won.count(True) in (1, 2), "fetched and then cancelled, or cancelled at once"
    async with store.reading() as tx:
        ended = await tx.recordings.get(recording.id)
    assert ended is not None
    assert ended.state is S.CANCELLED
    assert ended.finished_at is not None


async def test_what_is_to_do_is_told_by_length_and_time(store: Store) -> None:
    short, long = await a_recording(store), await a_recording(store, is_long=True)
    waiting = await a_recording(store)
    async with store.transaction() as tx:
        for state in (S.FETCHED, S.PREPARED, S.TRANSCRIBED, S.WAITING):
            assert await tx.recordings.advance(waiting.id, state)
        await tx.recordings.change(waiting.id, start_at=NOW)

    async def to_do(is_long: bool | None, seconds: float) -> list[int]:
        async with store.reading() as tx:
            due = await tx.recordings.to_do(is_long=is_long, now=NOW + timedelta(seconds=seconds))
        return [recording.id for recording in due]

    assert await to_do(None, -1) == [short.id, long.id]
    assert await to_do(True, 0) == [long.id]
    assert await to_do(False, 0) == [short.id, waiting.id]
    async with store.transaction() as tx:
        await tx.recordings.change(waiting.id, start_at=None)
        await tx.recordings.advance(short.id, S.FAILED)
        await tx.recordings.advance(long.id, S.CANCELLED)
    assert await to_do(None, 1_000) == []


async def test_a_screen_behind_its_row_is_found_until_it_shows_it(store: Store) -> None:
    recording = await a_recording(store)
    at = ChatAddress(recording.address.chat_id, 7, 55)
    async with store.transaction() as tx:
        assert [each.id for each in await tx.recordings.behind()] == [recording.id]
        assert await tx.recordings.place(recording.id, at)
        assert await tx.recordings.place(recording.id, at), "the same one again"
        assert not await tx.recordings.place(recording.id, at.at(56)), "it has one already"
        assert await tx.recordings.place(recording.id, at.at(57), instead_of=at), "a person has deleted the first"
        assert not await tx.recordings.place(recording.id, at.at(58), instead_of=at), "it was replaced already"
        assert await tx.recordings.shown(recording.id, 1)
        assert await tx.recordings.behind() == []
        shown = await tx.recordings.shown_by(ChatAddress(at.chat_id, None, 57))
        assert shown is not None
        assert (shown.id, shown.screen) == (recording.id, at.at(57))


async def test_an_old_drawing_over_a_newer_one_is_told(store: Store) -> None:
    recording = await a_recording(store)
    async with store.transaction() as tx:
        await tx.recordings.change(recording.id, text="второе")
        assert not await tx.recordings.shown(recording.id, 1), "the row is further on"
        assert await tx.recordings.shown(recording.id, 2)
        assert not await tx.recordings.shown(recording.id, 1), "an older drawing has come over it"
        assert not await tx.recordings.shown(recording.id + 1, 1)


async def test_pieces_are_heard_once(store: Store) -> None:
    recording = await a_recording(store)
    pieces = pieces_of(recording.id, 3)
    async with store.transaction() as tx:
        await tx.recordings.cut(pieces_of(recording.id, 5))
        await tx.recordings.cut(pieces)
        assert list(await tx.recordings.pieces(recording.id)) == pieces, "an earlier try is forgotten"

    async def hear() -> bool:
        async with store.transaction() as tx:
            return await tx.recordings.hear(recording.id, 1, HEARD)

    assert sorted(await asyncio.gather(hear(), hear(), hear())) == [False, False, True]
    async with store.transaction() as tx:
        await tx.recordings.cut(pieces_of(recording.id, 9))
        kept = await tx.recordings.pieces(recording.id)
        assert [piece.transcript for piece in kept] == [None, HEARD, None], "what was paid for is kept"
        counts = await tx.recordings.counts(recording.id)
    assert (counts.total, counts.heard, counts.total_ms, counts.heard_ms) == (3, 1, 4_500, 1_500)
    assert counts.first_heard_at is not None
    assert counts.first_heard_at == counts.last_heard_at


async def test_digests_are_kept_once(store: Store) -> None:
    recording = await a_recording(store)
    async with store.transaction() as tx:
        await tx.recordings.put_digest(recording.id, 1, {"text": "первый"})
        await tx.recordings.put_digest(recording.id, 0, {"text": "нулевой"})
        await tx.recordings.put_digest(recording.id, 1, {"text": "опять"})
        assert await tx.recordings.digests(recording.id) == {0: {"text": "нулевой"}, 1: {"text": "первый"}}


async def test_what_a_person_has_open_here(store: Store) -> None:
    here = await a_recording(store)
    chat_id = here.address.chat_id
    async with store.reading() as tx:
        assert [each.id for each in await tx.recordings.open_in(chat_id, None, here.member_id)] == [here.id]
        assert await tx.recordings.open_in(chat_id, 5, here.member_id) == []
        assert await tx.recordings.open_in(chat_id + 1, None, here.member_id) == []
        assert await tx.recordings.open_in(chat_id, None, here.member_id + 1) == []
    async with store.transaction() as tx:
        await tx.recordings.advance(here.id, S.FAILED)
        assert await tx.recordings.open_in(chat_id, None, here.member_id) == []


async def test_sound_that_is_old_or_not_wanted_is_found_while_it_is_there(store: Store) -> None:
    working, failed, cancelled = [await a_recording(store) for _ in range(3)]
    assert working.created_at is not None
    later = working.created_at + timedelta(days=1)
    async with store.transaction() as tx:
        for recording in (working, failed, cancelled):
            await tx.recordings.advance(recording.id, S.FETCHED, file_key="recordings/x/source.ogg")
        await tx.recordings.advance(failed.id, S.FAILED)
        await tx.recordings.advance(cancelled.id, S.CANCELLED)
        assert [each.id for each in await tx.recordings.with_files_before(later)] == [failed.id, cancelled.id]
        assert await tx.recordings.with_files_before(later - timedelta(days=2)) == []
        assert await tx.recordings.not_wanted() == [cancelled.id]
        assert await tx.recordings.cancelled([working.id, failed.id, cancelled.id]) == [cancelled.id]
        assert await tx.recordings.cancelled([]) == []
        for recording in (failed, cancelled):
            await tx.recordings.forget_file(recording.id)
        assert await tx.recordings.with_files_before(later) == []
        assert await tx.recordings.not_wanted() == []
        forgotten = await tx.recordings.get(failed.id)
    assert forgotten is not None
    assert (forgotten.file_key, forgotten.version) == (None, 3), "nothing that anybody sees has changed"


async def test_it_moves_with_its_group(store: Store) -> None:
    recording = await a_recording(store, address=ChatAddress(-42, None, 7))
    other = await a_recording(store, address=ChatAddress(-42, None, 8))
    async with store.transaction() as tx:
        await tx.recordings.place(recording.id, ChatAddress(-42, None, 9))
        await tx.chats.move(-42, -100_500)
        moved = await tx.recordings.get(recording.id)
        await tx.recordings.cut(pieces_of(other.id, 1))
    assert moved is not None
    assert moved.address == ChatAddress(-100_500)
    assert moved.screen is None, "message ids of the old group mean something else in the new one"


def test_every_state_that_is_worked_on_can_be_cancelled() -> None:
    assert all(S.CANCELLED in TRANSITIONS[state] and S.FAILED in TRANSITIONS[state] for state in AT_WORK)
