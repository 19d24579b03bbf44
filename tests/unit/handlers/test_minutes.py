"""Buttons under a long recording, and its files."""

from dataclasses import replace
from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, SendDocument, SendMessage

from handlers.callbacks import MinutesPress, MinutesStep
from handlers.delivery_sender import TelegramDeliverySender
from handlers.i18n import Catalogues
from handlers.minutes_keyboards import long_recording_keyboard
from handlers.recording_screen import TelegramRecordingScreen
from handlers.transcript_renderers import transcript_renderers
from services.assistant.listening.export_transcript import TranscriptFile
from services.assistant.listening.ports import RecordingView
from services.delivery.ports import Undeliverable
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.language import Language
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState, SpokenRequest
from tests.fakes.telegram_session import recording_bot
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import APPROVER, WRITER
from tests.unit.handlers.test_access import buttons
from tests.unit.handlers.views.test_minutes import MINUTES, meeting

Step = MinutesStep
S = RecordingState


def done(**changes: Any) -> Recording:
    return meeting(**{"minutes": MINUTES, "version": 5, **changes})


def offers(catalogues: Catalogues, made: Recording) -> list[str]:
    markup = long_recording_keyboard(made, catalogues.texts(Language.RUSSIAN))
    return list(buttons(markup)) if markup else []


def press(step: MinutesStep, version: int = 5) -> str:
    return MinutesPress(recording_id=31, version=version, step=step).pack()


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.use_cases["find_recording"].answer = done()
    return stage


def test_what_can_be_made_of_it(catalogues: Catalogues) -> None:
    ideas, learn, again = "💡 Идеи из этого", "📚 В базу знаний", "🗒 Подвести итоги"
    assert offers(catalogues, meeting(S.PREPARED)) == ["⏹ Остановить"]
    assert offers(catalogues, done()) == [ideas, learn]
    assert offers(catalogues, done(document_id=3)) == [ideas]
    assert offers(catalogues, done(minutes=None, error_code="model_unavailable")) == [again, learn]
    assert offers(catalogues, done(minutes=None, request=SpokenRequest(text_only=True))) == [learn]
    assert offers(catalogues, meeting(S.FAILED, failed_in=S.TRANSCRIBED, version=5)) == [again, learn]


async def test_the_knowledge_base_takes_two_taps(stage: Stage) -> None:
    await stage.presses(press(Step.LEARN))
    asked = stage.telegram.last(AnswerCallbackQuery)
    assert asked.show_alert
    assert asked.text == stage.text("minutes.consent")
    markup = stage.telegram.last(EditMessageReplyMarkup).reply_markup
    assert list(buttons(markup).values()) == [press(Step.AGREED), press(Step.BACK)]
    assert stage.use_cases["add_to_knowledge"].calls == []
    await stage.presses(press(Step.AGREED))
    learned = stage.use_cases["add_to_knowledge"].last
    assert (learned["member"], learned["recording_id"], learned["version"]) == (WRITER, 31, 5)
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("minutes.learned_now")


async def test_the_note_fits_into_an_alert(catalogues: Catalogues) -> None:
    for language in Language:
        assert len(catalogues.texts(language)("minutes.consent")) <= 200


async def test_back(stage: Stage) -> None:
    await stage.presses(press(Step.BACK))
    assert len(buttons(stage.telegram.last(EditMessageReplyMarkup).reply_markup)) == 2


async def test_somebody_else_is_not_even_asked(stage: Stage) -> None:
    stage.member = replace(WRITER, id=99)
    await stage.presses(press(Step.LEARN))
    assert stage.telegram.sent(EditMessageReplyMarkup) == []
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("error.not_allowed")
    stage.member = APPROVER
    await stage.presses(press(Step.LEARN))
    assert len(stage.telegram.sent(EditMessageReplyMarkup)) == 1


async def test_ideas_and_minutes_are_asked_for(stage: Stage) -> None:
    await stage.presses(press(Step.IDEAS))
    drawn = stage.use_cases["draw_ideas"].last
    assert drawn["brief"] == "Придумай идеи по итогам записи «Осень: магнит»"
    assert drawn["message"] == stage.address
    await stage.presses(press(Step.AGAIN))
    assert stage.use_cases["make_minutes"].last["version"] == 5


@pytest.mark.parametrize("found", [None, done(id=32), done(version=6)])
@pytest.mark.parametrize("step", list(Step))
async def test_forged_and_outdated_buttons_do_nothing(stage: Stage, found: Recording | None, step: MinutesStep) -> None:
    stage.use_cases["find_recording"].answer = found
    await stage.presses(press(step))
    assert stage.telegram.last(AnswerCallbackQuery).show_alert
    for name in ("add_to_knowledge", "draw_ideas", "make_minutes"):
        assert stage.use_cases[name].calls == []


async def test_minutes_come_back_when_the_progress_was_deleted(catalogues: Catalogues) -> None:
    bot, telegram = recording_bot()
    telegram.refuse(EditMessageText, "message to edit not found")
    made = done(screen=ChatAddress(501, None, 71), shown_version=4)
    await TelegramRecordingScreen(bot, catalogues).show(RecordingView(made))
    assert "Осень: магнит" in (telegram.last(SendMessage).text or "")


async def export(recording_id: int, form: str) -> TranscriptFile | None:
    return TranscriptFile(f"осень.{form}", "Текст".encode()) if recording_id == 31 else None


async def find_member(telegram_id: int) -> Member | None:
    return WRITER


@pytest.mark.parametrize(("form", "caption"), [("txt", "Текст записи"), ("srt", "Субтитры к записи")])
async def test_files_answer_the_recording(catalogues: Catalogues, form: str, caption: str) -> None:
    bot, telegram = recording_bot()
    sender = TelegramDeliverySender(bot, catalogues, find_member, transcript_renderers(export))
    payload = {"recording_id": 31, "format": form}
    await sender.send(Delivery(1, DeliveryKind.TRANSCRIPT_FILE, ChatAddress(501, 7, 10), payload))
    sent = telegram.last(SendDocument)
    assert (sent.chat_id, sent.message_thread_id, sent.caption) == (501, 7, caption)
    assert (sent.document.filename, sent.document.data) == (f"осень.{form}", "Текст".encode())  # type: ignore[union-attr]
    assert sent.reply_parameters is not None
    assert sent.reply_parameters.message_id == 10
    assert sent.reply_parameters.allow_sending_without_reply
    gone = Delivery(2, DeliveryKind.TRANSCRIPT_FILE, ChatAddress(501), {**payload, "recording_id": 32})
    with pytest.raises(Undeliverable):
        await sender.send(gone)
