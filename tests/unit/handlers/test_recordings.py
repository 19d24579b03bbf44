"""Buttons under what was heard."""

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage

from services.domain.errors import NotAllowed, StaleAction
from services.domain.question import Purpose
from services.domain.recording import SpokenAction
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import GROUP
from tests.unit.handlers.recordings import waiting


@pytest.mark.parametrize(("step", "action"), [("go", None), ("i", SpokenAction.IDEA), ("a", SpokenAction.ASK)])
async def test_start_as_understood_or_as_chosen(stage: Stage, step: str, action: SpokenAction | None) -> None:
    await stage.presses(f"v:31:5:{step}")
    call = stage.use_cases["confirm_recording"].last
    assert (call["recording_id"], call["version"], call["action"]) == (31, 5, action)
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 1


@pytest.mark.parametrize(
    ("step", "use_case"), [("t", "keep_transcript"), ("r", "retry_recording"), ("x", "cancel_recording")]
)
async def test_every_other_step_is_one_use_case(stage: Stage, step: str, use_case: str) -> None:
    await stage.presses(f"v:31:5:{step}")
    assert stage.use_cases[use_case].last["recording_id"] == 31
    assert sum(len(one.calls) for one in stage.use_cases.by_name.values()) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("recording_done", "По этой записи работа уже началась."),
        ("recording_waiting", "Текст успели изменить. Сейчас обновлю кнопки, нажмите ещё раз."),
        ("recording_cancelled", "Эта запись уже отменена."),
        ("recording_prepared", "Запись уже слушается дальше, подождите немного."),
        ("recording_unknown", "Этой записи у меня больше нет."),
    ],
)
async def test_a_press_that_comes_too_late_is_told_why(stage: Stage, state: str, said: str) -> None:
    stage.use_cases["confirm_recording"].answer = StaleAction("x", state=state)
    await stage.presses("v:31:5:go")
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (said, True)


async def test_somebody_elses_recording_is_theirs(stage: Stage) -> None:
    stage.use_cases["cancel_recording"].answer = NotAllowed()
    await stage.presses("v:31:5:x")
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("error.not_allowed")


async def test_in_a_group_the_question_names_who_is_asked(stage: Stage) -> None:
    stage.chat, stage.topic = GROUP, 5
    stage.use_cases["hold_recording"].answer = waiting(version=6)
    await stage.presses("v:31:5:c")
    asked = stage.telegram.last(SendMessage)
    assert (asked.text or "").startswith("Анна, как правильно?")
    assert [entity.type for entity in asked.entities or ()] == ["text_mention"]
    ((place, question),) = stage.use_cases.pending_inputs.questions.items()
    assert (place[1], question.purpose, question.payload["version"]) == (5, Purpose.TRANSCRIPT, 6)


async def test_a_press_on_correct_that_is_too_late_asks_nothing(stage: Stage) -> None:
    stage.use_cases["hold_recording"].answer = StaleAction("x", state="recording_done")
    await stage.presses("v:31:5:c")
    assert stage.telegram.sent(SendMessage) == []
    assert stage.use_cases.pending_inputs.questions == {}
