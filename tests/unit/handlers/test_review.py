"""Buttons under a draft: the use case decides, the person is told once, the message shows it."""

import pytest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
)
from aiogram.types import ForceReply, InlineKeyboardMarkup

from handlers.callbacks import (
    ApprovePress,
    BriefPress,
    CounterPress,
    Face,
    FacePress,
    HistoryPress,
    PagePress,
    RegeneratePress,
    RetryPress,
    StopPress,
    SubmitPress,
    WordsPress,
)
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, NothingToDo, StaleAction
from services.domain.generation import Chip, GenerationState
from services.domain.question import Purpose
from services.domain.review import Verdict
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import APPROVER, GROUP, card, generation

SHOWN = ChatAddress(501, None, 900)
PRESSED = {"generation_id": 7, "version": 4}


def answered(stage: Stage) -> AnswerCallbackQuery:
    """The one answer that this press got."""
    answers = stage.telegram.sent(AnswerCallbackQuery)
    assert len(answers) == 1
    return answers[0]


def labels(keyboard: object) -> list[str]:
    assert isinstance(keyboard, InlineKeyboardMarkup)
    return [button.text for row in keyboard.inline_keyboard for button in row]


async def test_approve_decides_first_then_answers_then_shows(stage: Stage) -> None:
    stage.member = APPROVER
    decided = card(generation=generation(state=GenerationState.APPROVED, version=5), decided_by="Борис")
    stage.use_cases["decide_review"].answer = decided
    await stage.presses(ApprovePress(**PRESSED).pack())
    call = stage.use_cases["decide_review"].last
    assert (call["generation_id"], call["version"], call["message"]) == (7, 4, ChatAddress(501, None, 900))
    assert call["verdict"] is Verdict.APPROVED
    assert answered(stage).text == stage.text("review.approved")
    shown = stage.telegram.last(EditMessageText)
    assert "✅ Утверждено: Борис" in (shown.text or "")
    assert stage.text("button.approve") not in labels(shown.reply_markup)
    kinds = [type(call) for call in stage.telegram.calls]
    assert kinds.index(AnswerCallbackQuery) < kinds.index(EditMessageText)


async def test_a_member_who_may_not_approve_gets_a_private_alert(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = NotAllowed()
    await stage.presses(ApprovePress(**PRESSED).pack())
    answer = answered(stage)
    assert answer.show_alert is True
    assert answer.text == stage.text("error.not_allowed")
    assert stage.telegram.sent(EditMessageText) == []


async def test_a_stale_press_says_who_decided_what(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = StaleAction("x", state="approved", decided_by="Вера")
    await stage.presses(ApprovePress(**PRESSED).pack())
    answer = answered(stage)
    assert answer.show_alert is True
    assert answer.text == "Этот бриф уже утверждён. Решение: Вера."


async def test_a_press_that_telegram_no_longer_takes_still_shows_the_decision(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = card(generation=generation(state=GenerationState.APPROVED))
    stage.telegram.refuse(AnswerCallbackQuery, "query is too old and response timeout expired")
    await stage.presses(ApprovePress(**PRESSED).pack())
    assert "Утверждено" in (stage.telegram.last(EditMessageText).text or "")
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 1


async def test_a_bug_in_a_press_ends_in_an_alert_with_a_code(stage: Stage) -> None:
    stage.use_cases["decide_review"].answer = RuntimeError("boom")
    await stage.presses(ApprovePress(**PRESSED).pack())
    assert answered(stage).show_alert is True
    assert (answered(stage).text or "").startswith("Простите")


@pytest.mark.parametrize("chip", [None, *Chip])
async def test_regenerate_passes_the_reason(stage: Stage, chip: Chip | None) -> None:
    await stage.presses(RegeneratePress(**PRESSED, chip=chip).pack())
    call = stage.use_cases["regenerate_draft"].last
    assert (call["generation_id"], call["version"], call["chip"], call["message"]) == (7, 4, chip, SHOWN)
    assert answered(stage).text == stage.text("review.regenerating")


async def test_faces_change_the_keyboard_in_place(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card()
    await stage.presses(FacePress(**PRESSED, face=Face.REASONS).pack())
    assert stage.text("chip.bolder") in labels(stage.telegram.last(EditMessageReplyMarkup).reply_markup)
    await stage.presses(FacePress(**PRESSED, face=Face.VERDICTS).pack())
    assert stage.text("button.reject") in labels(stage.telegram.last(EditMessageReplyMarkup).reply_markup)
    await stage.presses(FacePress(**PRESSED, face=Face.CARD).pack())
    assert stage.text("button.approve") in labels(stage.telegram.last(EditMessageReplyMarkup).reply_markup)
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 3


async def test_a_face_of_an_older_version_changes_nothing(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card(generation=generation(version=9))
    await stage.presses(FacePress(**PRESSED, face=Face.REASONS).pack())
    assert answered(stage).show_alert is True
    assert stage.telegram.sent(EditMessageReplyMarkup) == []


async def test_own_words_are_asked_for_and_passed_on(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card()
    await stage.presses(WordsPress(**PRESSED, purpose=Purpose.OWN_WORDS).pack())
    assert isinstance(stage.telegram.last(SendMessage).reply_markup, ForceReply)
    await stage.says("злее и без вопросов", message_id=30)
    call = stage.use_cases["regenerate_draft"].last
    assert (call["instruction"], call["version"], call["message"]) == ("злее и без вопросов", 4, SHOWN)


async def test_refine_words_go_to_the_draft_they_were_asked_about(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card()
    await stage.presses(WordsPress(**PRESSED, purpose=Purpose.REFINE).pack())
    await stage.says("короче", message_id=30)
    call = stage.use_cases["refine_draft"].last
    assert (call["target"], call["address"], call["text"]) == (SHOWN, ChatAddress(501, None, 30), "короче")


@pytest.mark.parametrize(
    ("purpose", "verdict"), [(Purpose.CHANGES, Verdict.CHANGES_REQUESTED), (Purpose.REJECT, Verdict.REJECTED)]
)
async def test_a_comment_comes_with_the_verdict(stage: Stage, purpose: Purpose, verdict: Verdict) -> None:
    stage.member = APPROVER
    stage.use_cases["show_attempt"].answer = card()
    stage.use_cases["decide_review"].answer = card(generation=generation(state=GenerationState(verdict.value)))
    await stage.presses(WordsPress(**PRESSED, purpose=purpose).pack())
    await stage.says("слишком громко", message_id=30)
    call = stage.use_cases["decide_review"].last
    assert (call["verdict"], call["comment"], call["message"]) == (verdict, "слишком громко", SHOWN)
    assert stage.telegram.last(EditMessageText).message_id == 900


async def test_verdict_words_are_not_even_asked_of_a_plain_member(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card()
    await stage.presses(WordsPress(**PRESSED, purpose=Purpose.REJECT).pack())
    assert answered(stage).text == stage.text("error.not_allowed")
    assert stage.telegram.sent(SendMessage) == []


async def test_in_a_group_the_question_names_the_person(stage: Stage) -> None:
    stage.chat, stage.topic = GROUP, 5
    stage.use_cases["show_attempt"].answer = card()
    await stage.presses(WordsPress(**PRESSED, purpose=Purpose.REFINE).pack())
    asked = stage.telegram.last(SendMessage)
    assert asked.message_thread_id == 5
    assert (asked.text or "").startswith("Анна, что")
    assert asked.entities is not None
    assert asked.entities[0].user is not None
    assert asked.entities[0].user.id == 501


async def test_pages_turn_in_the_same_message(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card(generation=generation(number=2), attempts=(5, 7, 8))
    await stage.presses(PagePress(generation_id=7).pack())
    shown = stage.telegram.last(EditMessageText)
    assert shown.message_id == 900
    assert {"◀", "2/3", "▶"} <= set(labels(shown.reply_markup))
    await stage.presses(CounterPress().pack())
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 2


async def test_a_page_that_looks_the_same_is_no_trouble(stage: Stage) -> None:
    stage.use_cases["show_attempt"].answer = card()
    stage.telegram.refuse(EditMessageText, "message is not modified: specified new message content…")
    await stage.presses(PagePress(generation_id=7).pack())
    assert answered(stage).show_alert is not True


async def test_stop_and_retry(stage: Stage) -> None:
    await stage.presses(StopPress(generation_id=7).pack())
    assert stage.use_cases["stop_generation"].last["message"] == SHOWN
    await stage.presses(RetryPress(**PRESSED).pack())
    assert stage.use_cases["retry_generation"].last["version"] == 4
    texts = [answer.text for answer in stage.telegram.sent(AnswerCallbackQuery)]
    assert texts == [stage.text("review.stopped"), stage.text("review.retrying")]


async def test_submit_tells_how_many_got_it_or_that_nobody_could(stage: Stage) -> None:
    stage.use_cases["submit_for_review"].answer = 2
    await stage.presses(SubmitPress(**PRESSED).pack())
    stage.use_cases["submit_for_review"].answer = NothingToDo("no approvers")
    await stage.presses(SubmitPress(**PRESSED).pack())
    sent, nobody = stage.telegram.sent(AnswerCallbackQuery)
    assert "2 людям" in (sent.text or "")
    assert nobody.text == stage.text("error.nothing_to_do")


async def test_a_draft_from_history_opens_in_a_new_message_that_can_be_replied_to(stage: Stage) -> None:
    stage.use_cases["find_draft"].answer = card()
    await stage.presses(HistoryPress(generation_id=7).pack())
    assert "Тихая полка" in (stage.telegram.last(SendMessage).text or "")
    assert stage.use_cases["show_attempt"].last["message"].message_id == 1001


async def test_the_hint_turns_the_very_message_into_a_brief(stage: Stage) -> None:
    hint = stage.muza_said(reply_to_message=stage.message("кампания о тишине", message_id=15))
    await stage.presses(BriefPress(task=Task.IDEA).pack(), on=hint)
    call = stage.use_cases["start_generation"].last
    assert (call["text"], call["address"], call["task"]) == ("кампания о тишине", ChatAddress(501, None, 15), Task.IDEA)
    assert stage.telegram.last(DeleteMessage).message_id == 900


async def test_a_hint_whose_message_is_gone_says_so(stage: Stage) -> None:
    await stage.presses(BriefPress(task=Task.ASK).pack())
    assert answered(stage).text == stage.text("fallback.source_gone")
    assert stage.use_cases["start_generation"].calls == []
