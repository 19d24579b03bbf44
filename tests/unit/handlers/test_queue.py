"""/queue and late presses, at the stage."""

from datetime import timedelta

from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from handlers.callbacks import ApprovePress, FacePress, QueuePress
from handlers.callbacks import Face as CardFace
from services.assistant.list_queue import QueueItem, QueuePage
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction, StoreUnavailable
from tests.unit.handlers.conftest import Stage

PAGE = QueuePage((QueueItem(7, "слоган к осени", "Анна", timedelta(hours=5)),), 0, 2, 9)
PRESSED = {"generation_id": 7, "version": 4}


async def test_the_queue_is_shown_and_paged(stage: Stage) -> None:
    stage.use_cases["list_queue"].answer = PAGE
    await stage.says("/queue")
    assert "слоган к осени" in (stage.telegram.last(SendMessage).text or "")
    await stage.presses(QueuePress(page=1).pack())
    assert stage.use_cases["list_queue"].last["page"] == 1
    assert "Ждут решения 9 вариантов" in (stage.telegram.last(EditMessageText).text or "")
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 1


async def test_a_late_press_is_told_first_and_then_renews_its_message(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = StaleAction("x", state="approved", decided_by="Вера", yours=0)
    await stage.presses(ApprovePress(**PRESSED).pack())
    (answer,) = stage.telegram.sent(AnswerCallbackQuery)
    assert answer.show_alert is True
    call = stage.use_cases["refresh_card"].last
    assert (call["generation_id"], call["message"]) == (7, ChatAddress(501, None, 900))


async def test_one_s_own_decision_that_comes_again_is_no_alarm(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = StaleAction("x", state="approved", decided_by="Анна", yours=1)
    await stage.presses(ApprovePress(**PRESSED).pack())
    (answer,) = stage.telegram.sent(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == ("Вы уже утвердили вариант по этому брифу.", False)
    assert stage.use_cases["refresh_card"].calls


async def test_a_refusal_that_is_not_late_renews_nothing(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = NotAllowed()
    await stage.presses(ApprovePress(**PRESSED).pack())
    assert stage.use_cases["refresh_card"].calls == []


async def test_a_press_is_answered_once_even_when_the_renewal_fails(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = StaleAction("x", state="expired")
    stage.use_cases["refresh_card"].answer = StoreUnavailable()
    await stage.presses(FacePress(**PRESSED, face=CardFace.VERDICTS).pack())
    (answer,) = stage.telegram.sent(AnswerCallbackQuery)
    assert "решить ещё можно" in (answer.text or "")
