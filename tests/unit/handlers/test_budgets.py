"""/budget and its presses, over use cases that answer what they are told to."""

from datetime import date

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from handlers.budget_keyboards import failure_keyboard, ready_keyboard
from handlers.callbacks import BudgetPress, BudgetStep, RecordingPress, RetryPress
from services.assistant.budgets.open_budget import OpenedBudget
from services.assistant.budgets.sheet import BudgetSheet, PressedBudget
from services.assistant.budgets.show_budgets import BudgetReport
from services.assistant.budgets.target import BudgetTarget
from services.assistant.ports import Failure
from services.domain.budget import Account, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.errors import NotAllowed, StaleAction
from services.domain.generation import GenerationState
from services.domain.language import Language
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, WRITER, brief, generation
from tests.unit.handlers.test_access import buttons

KEY = BudgetKey(BudgetScope.MEMBER, WRITER.id, BudgetPeriod.DAY)
TODAY = date(2026, 3, 1)
SHEET = BudgetSheet(Account(KEY, TODAY, 1_500_000, 0, 0, 2_000_000), "Анна")
PRESSED = PressedBudget(KEY, TODAY, 200)
FACTS: dict[str, int | str] = {
    "scope": "member",
    "scope_id": WRITER.id,
    "period": "day",
    "starts_on": TODAY.toordinal(),
    "limit": "2.00",
    "left": "0.50",
}


def press(step: BudgetStep) -> str:
    return BudgetPress(
        step=step,
        scope=KEY.scope,
        scope_id=KEY.scope_id,
        period=KEY.period,
        starts_on=TODAY.toordinal(),
        limit_cents=200,
    ).pack()


@pytest.fixture
def admin(stage: Stage) -> Stage:
    stage.member = ADMIN
    stage.use_cases["show_budgets"].answer = BudgetReport((), (SHEET,), is_admin=True)
    stage.use_cases["open_budget"].answer = OpenedBudget(SHEET)
    for name in ("set_budget", "grant_extra", "raise_budget", "deny_more"):
        stage.use_cases[name].answer = SHEET
    stage.use_cases["free_budget"].answer = (SHEET,)
    return stage


async def test_without_words_it_shows(admin: Stage) -> None:
    await admin.says("/budget")
    shown = admin.telegram.last(SendMessage)
    assert "Анна, сегодня" in (shown.text or "")
    assert list(buttons(shown.reply_markup)) == ["Анна, сегодня"]


async def test_people_see_their_own_without_buttons(stage: Stage) -> None:
    stage.use_cases["show_budgets"].answer = BudgetReport((), (SHEET,))
    await stage.says("/budget")
    assert stage.telegram.last(SendMessage).reply_markup is None


async def test_words_set_a_limit_and_are_confirmed_by_a_reply(admin: Stage) -> None:
    await admin.says("/budget @anya 2$ day", message_id=31)
    given = admin.use_cases["set_budget"].last
    assert given["target"] == BudgetTarget(BudgetScope.MEMBER, "@anya")
    assert (given["period"], given["limit_microusd"], given["is_hard"]) == (BudgetPeriod.DAY, 2_000_000, True)
    said = admin.telegram.last(SendMessage)
    assert "Готово" in (said.text or "")
    assert said.reply_parameters is not None
    assert said.reply_parameters.message_id == 31


async def test_no_limit_and_words_that_cannot_be_read(admin: Stage) -> None:
    await admin.says("/budget @anya нет")
    assert admin.use_cases["free_budget"].last["period"] is None
    await admin.says("/budget сколько можно")
    assert admin.telegram.last(SendMessage).text == admin.text("budget.how")


async def test_people_cannot_set_anything(stage: Stage) -> None:
    await stage.says("/budget 500$ month")
    assert stage.telegram.last(SendMessage).text == stage.text("error.not_allowed")
    assert stage.use_cases["set_budget"].calls == []


@pytest.mark.parametrize("step", [step for step in BudgetStep if step is not BudgetStep.ASK])
async def test_presses_of_people_are_refused_politely(stage: Stage, step: BudgetStep) -> None:
    await stage.presses(press(step))
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (stage.text("error.not_allowed"), True)
    assert all(not use_case.calls for use_case in stage.use_cases.by_name.values())


@pytest.mark.parametrize(
    ("step", "name"),
    [(BudgetStep.GRANT, "grant_extra"), (BudgetStep.DENY, "deny_more"), (BudgetStep.ADD, "raise_budget")],
)
async def test_an_admins_press_is_carried_out_and_shown(admin: Stage, step: BudgetStep, name: str) -> None:
    await admin.presses(press(step))
    assert admin.use_cases[name].last["pressed"] == PRESSED
    assert "Анна, сегодня" in (admin.telegram.last(EditMessageText).text or "")


async def test_a_grant_under_a_refused_request_leaves_it_on_the_screen(admin: Stage) -> None:
    await admin.presses(press(BudgetStep.GRANT_HERE))
    assert admin.use_cases["grant_extra"].last["pressed"] == PRESSED
    assert admin.telegram.last(AnswerCallbackQuery).text == admin.text("budget.granted_here")
    assert admin.telegram.sent(EditMessageText) == []


async def test_a_stale_press_is_told_and_shows_how_things_stand(admin: Stage) -> None:
    admin.use_cases["grant_extra"].answer = StaleAction(state="budget_changed")
    await admin.presses(press(BudgetStep.GRANT))
    assert admin.telegram.last(AnswerCallbackQuery).text == admin.text("stale.budget_changed")
    assert "Анна, сегодня" in (admin.telegram.last(EditMessageText).text or "")


@pytest.mark.parametrize(("is_first", "said"), [(True, "budget.asked"), (False, "budget.asked_before")])
async def test_asking_for_more_is_answered(stage: Stage, is_first: bool, said: str) -> None:
    stage.use_cases["ask_for_more"].answer = is_first
    await stage.presses(press(BudgetStep.ASK))
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text(said)
    assert stage.use_cases["ask_for_more"].last["key"] == KEY


async def test_asking_for_somebody_elses_is_refused(stage: Stage) -> None:
    stage.use_cases["ask_for_more"].answer = NotAllowed()
    await stage.presses(press(BudgetStep.ASK))
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("error.not_allowed")


@pytest.mark.parametrize("may_grant", [True, False])
def test_a_refused_request_can_be_run_again_and_more_be_asked_for(stage: Stage, may_grant: bool) -> None:
    failed = generation(state=GenerationState.FAILED, error_code="budget_exhausted", error_facts=FACTS)
    failure = Failure(failed, brief(), "budget_exhausted", Language.RUSSIAN, True, may_grant=may_grant)
    markup = failure_keyboard(failure, stage.catalogues.texts(Language.RUSSIAN))
    assert markup is not None
    retry, more = markup.inline_keyboard
    assert RetryPress.unpack(retry[0].callback_data or "").generation_id == failed.id
    steps = [BudgetPress.unpack(button.callback_data or "") for button in more]
    assert [one.step for one in steps] == [BudgetStep.ASK, BudgetStep.GRANT_HERE][: 1 + may_grant]
    assert (steps[0].scope_id, steps[0].limit_cents, steps[0].starts_on) == (WRITER.id, 200, TODAY.toordinal())


@pytest.mark.parametrize(("row_id", "kind"), [("generation_id", RetryPress), ("recording_id", RecordingPress)])
def test_what_is_ready_runs_by_a_button_that_every_one_knows(
    stage: Stage, row_id: str, kind: type[RetryPress | RecordingPress]
) -> None:
    keyboard = ready_keyboard({row_id: 7, "version": 4}, stage.catalogues.texts(Language.RUSSIAN))
    (row,) = keyboard.inline_keyboard
    assert kind.unpack(row[0].callback_data or "").version == 4
