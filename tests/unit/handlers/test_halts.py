"""/kill asks before it acts, and acts for admins only."""

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from handlers.callbacks import HaltPress, HaltStep
from services.assistant.halts.report_halts import HaltReport
from services.domain.errors import NotAllowed, StaleAction
from services.domain.project import BrandProfile, Project
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN
from tests.unit.handlers.test_access import buttons

TEA = Project(1, "quiet-hour", "Тихий час", BrandProfile())
GOING, HALTED = HaltReport(False, (), (TEA,)), HaltReport(True, (), (TEA,))


@pytest.fixture
def admin(stage: Stage) -> Stage:
    stage.member = ADMIN
    stage.use_cases["report_halts"].answer = GOING
    stage.use_cases["halt_generation"].answer = HALTED
    stage.use_cases["lift_halt"].answer = GOING
    return stage


def pressed(message: SendMessage | EditMessageText) -> list[HaltPress]:
    return [HaltPress.unpack(data) for data in buttons(message.reply_markup).values()]


async def test_an_order_asks_first(admin: Stage) -> None:
    await admin.says("/kill on")
    asked = admin.telegram.last(SendMessage)
    assert admin.text("halt.ask_everything") in (asked.text or "")
    assert [press.step for press in pressed(asked)] == [HaltStep.HALT, HaltStep.BACK]
    assert admin.use_cases["halt_generation"].calls == []


async def test_a_project_is_named_in_the_question(admin: Stage) -> None:
    admin.use_cases["report_halts"].answer = HaltReport(False, (), (TEA,), meant=TEA)
    await admin.says("/kill on quiet-hour")
    assert admin.use_cases["report_halts"].last["slug"] == "quiet-hour"
    asked = admin.telegram.last(SendMessage)
    assert "Тихий час" in (asked.text or "")
    assert pressed(asked)[0].project_id == TEA.id


async def test_the_confirmed_order_is_carried_out_and_can_be_lifted(admin: Stage) -> None:
    await admin.presses(HaltPress(step=HaltStep.HALT).pack())
    assert admin.use_cases["halt_generation"].last["project_id"] == 0
    shown = admin.telegram.last(EditMessageText)
    assert admin.text("halt.everything_is_off") in (shown.text or "")
    assert [press.step for press in pressed(shown)] == [HaltStep.LIFT]
    await admin.presses(HaltPress(step=HaltStep.LIFT).pack())
    assert admin.telegram.last(AnswerCallbackQuery).text == admin.text("halt.lifted")


async def test_without_words_it_tells_what_is_off_and_other_words_are_explained(admin: Stage) -> None:
    await admin.says("/kill")
    assert admin.text("halt.nothing_is_off") in (admin.telegram.last(SendMessage).text or "")
    await admin.says("/kill everything now")
    assert admin.telegram.last(SendMessage).text == admin.text("halt.how")


async def test_a_project_that_does_not_exist_is_told(admin: Stage) -> None:
    admin.use_cases["report_halts"].answer = StaleAction(state="project_unknown")
    await admin.says("/kill on nothing")
    assert admin.telegram.last(SendMessage).text == admin.text("stale.project_unknown")


async def test_others_are_refused(stage: Stage) -> None:
    for name in ("report_halts", "halt_generation", "lift_halt"):
        stage.use_cases[name].answer = NotAllowed()
    await stage.says("/kill on")
    assert stage.telegram.last(SendMessage).text == stage.text("error.not_allowed")
    await stage.presses(HaltPress(step=HaltStep.HALT).pack())
    assert stage.telegram.last(AnswerCallbackQuery).show_alert
