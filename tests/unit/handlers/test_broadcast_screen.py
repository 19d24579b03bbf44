"""Progress of an announcement on its author's screen."""

from dataclasses import dataclass, field

import pytest
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import EditMessageText, GetMe, SendMessage
from aiogram.types import InlineKeyboardMarkup

from handlers.broadcast_screen import STILL_SECONDS, BroadcastScreen
from handlers.i18n import Catalogues
from handlers.sender import Urgency, unmarked
from services.assistant.report_broadcasts import Progress
from services.domain.broadcast import BroadcastCounts, BroadcastState
from tests.fakes.telegram_session import RecordingSession, bad_request, recording_bot
from tests.unit.handlers.people import ADMIN
from tests.unit.handlers.views.test_broadcast import ended, report


class Dropped(Exception):
    pass


@dataclass
class Watched:
    screen: BroadcastScreen
    telegram: RecordingSession
    urgencies: list[Urgency]
    now: list[float] = field(default_factory=lambda: [100.0])


@pytest.fixture
def watched(catalogues: Catalogues) -> Watched:
    bot, telegram = recording_bot()
    urgencies: list[Urgency] = []
    now = [100.0]

    def mark(urgency: Urgency):  # type: ignore[no-untyped-def]
        urgencies.append(urgency)
        return unmarked(urgency)

    screen = BroadcastScreen(bot, catalogues, mark=mark, refusals=(Dropped,), clock=lambda: now[0])
    return Watched(screen, telegram, urgencies, now)


def moving(sent: int) -> Progress:
    return Progress(report(BroadcastCounts(sent=sent, waiting=1000 - sent, lately=290)), ADMIN)


END = Progress(ended(BroadcastCounts(sent=999, uncertain=1), state=BroadcastState.DONE), ADMIN)


async def test_progress_gives_way_but_does_not_stand_still(watched: Watched) -> None:
    for sent, seconds in ((1, 0.0), (50, 1.7), (99, 1.7), (150, STILL_SECONDS)):
        watched.now[0] += seconds
        assert await watched.screen.show(moving(sent))
    assert watched.urgencies == [Urgency.NOTIFICATION, Urgency.PREVIEW, Urgency.PREVIEW, Urgency.NOTIFICATION]
    edited = watched.telegram.last(EditMessageText)
    assert (edited.chat_id, edited.message_id) == (503, 71)
    assert isinstance(edited.reply_markup, InlineKeyboardMarkup)
    assert edited.reply_markup.inline_keyboard[0][0].callback_data == "bc:5:stop"


async def test_a_dropped_preview_is_shown_later(watched: Watched) -> None:
    await watched.screen.show(moving(1))
    watched.telegram.fail(EditMessageText, Dropped())
    assert not await watched.screen.show(moving(2))
    assert await watched.screen.show(moving(2))
    assert len(watched.telegram.sent(EditMessageText)) == 3


async def test_what_is_on_the_screen_is_not_shown_again(watched: Watched) -> None:
    for _ in range(3):
        assert await watched.screen.show(moving(1))
    assert len(watched.telegram.sent(EditMessageText)) == 1
    watched.screen.forget(5)
    await watched.screen.show(moving(1))
    assert len(watched.telegram.sent(EditMessageText)) == 2


async def test_the_end_leads_to_what_did_not_arrive(watched: Watched) -> None:
    assert await watched.screen.show(END)
    assert watched.urgencies == [Urgency.REPLY]
    markup = watched.telegram.last(EditMessageText).reply_markup
    assert isinstance(markup, InlineKeyboardMarkup)
    assert (markup.inline_keyboard[0][0].callback_data or "").startswith("ud:")
    clean = Progress(ended(BroadcastCounts(sent=998, blocked=2), state=BroadcastState.DONE), ADMIN)
    assert await watched.screen.show(clean)
    assert watched.telegram.last(EditMessageText).reply_markup is None


async def test_an_unreachable_telegram_is_asked_again(watched: Watched) -> None:
    watched.telegram.fail(EditMessageText, TelegramNetworkError(method=GetMe(), message="timeout"))
    assert not await watched.screen.show(END)
    assert await watched.screen.show(END)


@pytest.mark.parametrize(
    "error",
    [TelegramForbiddenError(method=GetMe(), message="bot was blocked by the user"), bad_request("chat not found")],
    ids=["blocked", "gone"],
)
async def test_an_author_who_cannot_be_told_does_not_hold_up_the_end(watched: Watched, error: Exception) -> None:
    watched.telegram.fail(EditMessageText, error)
    assert await watched.screen.show(END)


async def test_a_deleted_progress_comes_back_only_for_the_end(watched: Watched) -> None:
    gone = "message to edit not found"
    watched.telegram.refuse(EditMessageText, gone)
    assert await watched.screen.show(moving(1))
    assert watched.telegram.sent(SendMessage) == []
    watched.telegram.refuse(EditMessageText, gone)
    assert await watched.screen.show(END)
    assert (watched.telegram.last(SendMessage).text or "").startswith("✅ Объявление разослано")
