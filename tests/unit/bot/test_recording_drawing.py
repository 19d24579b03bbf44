"""Screens follow their rows, whatever Telegram says meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from bot.job_lease import JobLease
from bot.recording_drawing import RecordingDrawing
from services.assistant.listening.ports import RecordingView
from services.assistant.listening.report_progress import ReportProgress
from services.assistant.listening.show_recording import ShowRecording
from services.assistant.ports import NotShown
from services.delivery.ports import PreviewDropped
from services.domain.chat import ChatAddress
from services.domain.recording import Recording, RecordingState
from services.domain.transcript import Transcript
from services.store.ports import Store
from services.store.sql_store import SqlStore
from tests.contract.recording_rows import a_recording, pieces_of
from tests.fakes.clock import ManualClock
from tests.unit.services.assistant.listening.hearing import reload

S = RecordingState
SOME_OTHER = 1_000_000


@dataclass
class Screen:
    """Every drawing that Telegram took; `troubles` are raised first, `meanwhile` happens while it is drawn."""

    troubles: list[Exception] = field(default_factory=list)
    views: list[RecordingView] = field(default_factory=list)
    meanwhile: list[object] = field(default_factory=list)
    drawn: asyncio.Queue[RecordingView] = field(default_factory=asyncio.Queue)
    is_closed: bool = False

    async def show(self, view: RecordingView) -> ChatAddress | None:
        if self.troubles:
            raise self.troubles.pop(0)
        while self.meanwhile:
            await self.meanwhile.pop()  # type: ignore[misc]  # a coroutine
        self.views.append(view)
        self.drawn.put_nowait(view)
        return None if self.is_closed else view.recording.screen or view.recording.address.at(900)

    @property
    def versions(self) -> list[int]:
        return [view.recording.version for view in self.views]


@dataclass
class Monotonic:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Gallery:
    store: SqlStore
    screen: Screen = field(default_factory=Screen)
    clock: ManualClock = field(default_factory=ManualClock)
    monotonic: Monotonic = field(default_factory=Monotonic)

    @property
    def show(self) -> ShowRecording:
        return ShowRecording(self.store, self.screen, ReportProgress(self.store, self.clock))

    @asynccontextmanager
    async def drawing(self) -> AsyncIterator[RecordingDrawing]:
        drawing = RecordingDrawing(self.show, self.store, self.clock, JobLease(self.store), self.monotonic)
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(drawing.keep_drawing())
            yield drawing
            keeping.cancel()

    async def next(self) -> RecordingView:
        async with asyncio.timeout(20):
            return await self.screen.drawn.get()


@pytest.fixture
def gallery(sqlite_store: SqlStore) -> Gallery:
    return Gallery(sqlite_store)


async def change(store: Store, recording: Recording, text: str) -> None:
    async with store.transaction() as tx:
        await tx.recordings.change(recording.id, text=text)


async def test_the_first_drawing_is_the_message_of_all_others(sqlite_store: SqlStore, gallery: Gallery) -> None:
    recording = await a_recording(sqlite_store)
    await gallery.show(recording.id)
    await change(sqlite_store, recording, "слова")
    await gallery.show(recording.id)
    shown = await reload(sqlite_store, recording)
    assert (shown.screen, shown.shown_version) == (recording.address.at(900), 2)
    assert [view.recording.screen for view in gallery.screen.views] == [None, shown.screen]


async def test_what_changes_while_it_is_drawn_is_drawn_too(sqlite_store: SqlStore, gallery: Gallery) -> None:
    recording = await a_recording(sqlite_store)
    gallery.screen.meanwhile = [change(sqlite_store, recording, "слова")]
    await gallery.show(recording.id)
    assert gallery.screen.versions == [1, 2]
    assert gallery.screen.views[-1].recording.text == "слова"


async def test_in_a_closed_chat_nothing_is_tried_again(sqlite_store: SqlStore, gallery: Gallery) -> None:
    recording = await a_recording(sqlite_store)
    gallery.screen.is_closed = True
    await gallery.show(recording.id)
    async with sqlite_store.reading() as tx:
        assert await tx.recordings.behind() == []


async def test_among_others_it_is_told_whose_words_they_are(sqlite_store: SqlStore, gallery: Gallery) -> None:
    for address, speaker in ((ChatAddress(-5, None, 7), "Вера"), (None, "")):
        recording = await a_recording(sqlite_store, **({"address": address} if address else {}))
        await gallery.show(recording.id)
        assert gallery.screen.views[-1].speaker == speaker


async def test_rows_that_changed_are_drawn_without_a_word(sqlite_store: SqlStore, gallery: Gallery) -> None:
    recordings = [await a_recording(sqlite_store) for _ in range(3)]
    async with gallery.drawing():
        drawn = {(await gallery.next()).recording.id for _ in range(3)}
    assert drawn == {recording.id for recording in recordings}


@pytest.mark.parametrize("trouble", [NotShown("Telegram"), PreviewDropped(0.0), ValueError("a bug")])
async def test_what_telegram_did_not_take_is_drawn_later(
    sqlite_store: SqlStore, gallery: Gallery, trouble: Exception
) -> None:
    recording, other = await a_recording(sqlite_store), await a_recording(sqlite_store)
    gallery.screen.troubles = [trouble]
    drawn: list[RecordingView] = []
    async with gallery.drawing() as drawing, asyncio.timeout(20):
        while len(drawn) < 2:
            gallery.monotonic.now += 1_000
            drawing.nudge(SOME_OTHER)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    drawn.append(await gallery.screen.drawn.get())
    assert sorted(view.recording.id for view in drawn) == [recording.id, other.id], "and nothing twice"


async def test_one_process_draws_at_a_time(sqlite_store: SqlStore, gallery: Gallery) -> None:
    beside = Gallery(sqlite_store, screen=gallery.screen)
    async with gallery.drawing(), beside.drawing():
        for _ in range(4):
            recording = await a_recording(sqlite_store)
            assert (await gallery.next()).recording.id == recording.id
    assert gallery.screen.versions == [1] * 4, "nothing was drawn twice"


async def test_how_far_a_long_one_is_moves_on_when_work_does(sqlite_store: SqlStore, gallery: Gallery) -> None:
    recording = await a_recording(sqlite_store, is_long=True, duration_ms=6_000)
    async with sqlite_store.transaction() as tx:
        await tx.recordings.advance(recording.id, S.FETCHED)
        await tx.recordings.advance(recording.id, S.PREPARED)
        await tx.recordings.cut(pieces_of(recording.id, 3))
    show = gallery.show
    await show.progress(recording.id)
    assert gallery.screen.views == [], "there is no message yet"
    await show(recording.id)
    for number in range(3):
        for _ in range(2):
            await show.progress(recording.id)
        async with sqlite_store.transaction() as tx:
            await tx.recordings.hear(recording.id, number, Transcript("слово"))
    heard = [view.progress.heard_ms for view in gallery.screen.views if view.progress]
    assert heard == [0, 0, 2_000, 4_000]


async def test_progress_is_drawn_by_itself(sqlite_store: SqlStore, gallery: Gallery) -> None:
    recording = await a_recording(sqlite_store, is_long=True, duration_ms=6_000)
    async with sqlite_store.transaction() as tx:
        await tx.recordings.advance(recording.id, S.FETCHED)
        await tx.recordings.advance(recording.id, S.PREPARED)
        await tx.recordings.cut(pieces_of(recording.id, 3))
    async with gallery.drawing() as drawing:
        assert (await gallery.next()).recording.version == 3
        async with sqlite_store.transaction() as tx:
            await tx.recordings.hear(recording.id, 0, Transcript("слово"))
        gallery.monotonic.now += 2
        drawing.nudge(recording.id)
        view = await gallery.next()
    assert view.progress is not None
    assert view.progress.heard_ms == 2_000
