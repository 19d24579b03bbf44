"""One message per recording, edited through its life."""

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import EditMessageText, GetMe, SendMessage

from handlers.i18n import Catalogues
from handlers.recording_screen import TelegramRecordingScreen
from handlers.sender import Urgency, unmarked
from services.assistant.listening.ports import Progress, RecordingView
from services.assistant.ports import NotShown
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.recording import Recording, RecordingState
from tests.fakes.telegram_session import recording_bot
from tests.unit.handlers.people import WHEN
from tests.unit.handlers.recordings import recording, waiting

S = RecordingState
PLACE = ChatAddress(501, None, 71)
GONE = "message to edit not found"


class Dropped(Exception):
    pass


class Watched:
    def __init__(self, catalogues: Catalogues) -> None:
        self.urgencies: list[Urgency] = []
        self.bot, self.telegram = recording_bot()
        self.screen = TelegramRecordingScreen(self.bot, catalogues, mark=self._mark, now=lambda: WHEN)

    async def shows(self, made: Recording) -> ChatAddress | None:
        return await self.screen.show(RecordingView(made))

    def _mark(self, urgency: Urgency) -> AbstractContextManager[None]:
        self.urgencies.append(urgency)
        return unmarked(urgency)


@pytest.fixture
def watched(catalogues: Catalogues) -> Watched:
    return Watched(catalogues)


async def test_the_first_message_answers_the_speech_at_once(watched: Watched) -> None:
    at = await watched.shows(recording())
    sent = watched.telegram.last(SendMessage)
    assert (sent.chat_id, sent.text) == (501, "🎙 Слушаю…")
    assert sent.reply_parameters is not None
    assert sent.reply_parameters.message_id == 10
    assert at is not None
    assert (at.chat_id, at.topic_id) == (501, None)
    assert watched.urgencies == [Urgency.REPLY]


async def test_in_a_topic_and_in_the_language_of_the_person(watched: Watched) -> None:
    await watched.shows(recording(address=ChatAddress(-100, 5, 10), language=Language.ENGLISH))
    sent = watched.telegram.last(SendMessage)
    assert (sent.chat_id, sent.message_thread_id, sent.text) == (-100, 5, "🎙 Listening…")


async def test_the_transcript_is_an_edit_that_does_not_give_way(watched: Watched) -> None:
    assert await watched.shows(waiting()) == PLACE
    edited = watched.telegram.last(EditMessageText)
    assert edited.message_id == 71
    assert [entity.type for entity in edited.entities or ()] == ["bold", "expandable_blockquote"]
    assert watched.urgencies == [Urgency.REPLY]


async def test_steps_that_look_alike_are_drawn_once(watched: Watched) -> None:
    await watched.shows(recording())
    for version, state in enumerate((S.FETCHED, S.PREPARED, S.TRANSCRIBED), start=2):
        assert await watched.shows(recording(state=state, version=version, shown_version=version - 1, screen=PLACE))
    assert watched.telegram.sent(EditMessageText) == []


async def test_what_another_process_has_drawn_over_is_drawn_again(watched: Watched) -> None:
    await watched.shows(recording())
    again = recording(state=S.FETCHED, version=6, shown_version=5, screen=PLACE)
    await watched.shows(again)
    assert watched.telegram.last(EditMessageText).text == "🎙 Слушаю…"


async def test_progress_of_a_long_one_gives_way(watched: Watched) -> None:
    made = recording(state=S.PREPARED, version=4, shown_version=3, screen=PLACE, is_long=True, duration_ms=3_600_000)
    watched.telegram.fail(EditMessageText, Dropped())
    with pytest.raises(Dropped):
        await watched.screen.show(RecordingView(made, Progress(600_000, 3_600_000, 300.0)))
    assert watched.urgencies == [Urgency.PREVIEW]
    await watched.screen.show(RecordingView(made, Progress(900_000, 3_600_000, 300.0)))
    assert "25 %" in (watched.telegram.last(EditMessageText).text or "")


async def test_out_of_reach_is_not_shown(watched: Watched) -> None:
    watched.telegram.fail(EditMessageText, TelegramNetworkError(method=GetMe(), message="timeout"))
    with pytest.raises(NotShown):
        await watched.shows(waiting())
    assert await watched.shows(waiting()) == PLACE


@pytest.mark.parametrize("first", [True, False], ids=["first", "edit"])
async def test_a_chat_that_is_closed_is_left_alone(watched: Watched, first: bool) -> None:
    closed = TelegramForbiddenError(method=GetMe(), message="bot was blocked by the user")
    watched.telegram.fail(SendMessage if first else EditMessageText, closed)
    assert await watched.shows(recording() if first else waiting()) is None


@pytest.mark.parametrize("made", [waiting(), waiting(state=S.FAILED), recording(state=S.SILENT, screen=PLACE)])
async def test_what_needs_the_person_comes_back_after_they_deleted_the_message(
    watched: Watched, made: Recording
) -> None:
    watched.telegram.refuse(EditMessageText, GONE)
    at = await watched.shows(made)
    assert at is not None
    assert at != PLACE, "the new message is the recording's from now on"
    sent = watched.telegram.last(SendMessage)
    assert sent.reply_parameters is not None
    assert sent.reply_parameters.message_id == 10


@pytest.mark.parametrize("state", [S.FETCHED, S.DONE, S.CANCELLED])
async def test_what_needs_nobody_stays_deleted(watched: Watched, state: RecordingState) -> None:
    watched.telegram.refuse(EditMessageText, GONE)
    await watched.shows(waiting(state=state))
    assert watched.telegram.sent(SendMessage) == []


async def test_of_a_great_many_at_work_the_oldest_are_forgotten(watched: Watched) -> None:
    for number in range(1, 503):
        await watched.shows(replace(recording(), id=number))
    assert len(watched.screen._drawn) == 500
