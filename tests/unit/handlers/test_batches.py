"""/batch takes a file, from its own message or the one that it answers; the buttons decide."""

import csv
import io
from dataclasses import replace

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage

from handlers.batch_keyboard import batch_keyboard
from handlers.callbacks import BatchPress, BatchStep
from handlers.i18n import Catalogues, Texts
from handlers.views.batch import batch_message
from handlers.views.batch_files import batch_csv, batch_file_name, batch_md
from services.assistant.batches.read_batch import BatchReport
from services.domain.batch import (
    Batch,
    BatchLine,
    BatchState,
    CancelReason,
    LineCounts,
    LineState,
    SkippedLine,
    SkipReason,
)
from services.domain.budget import Account, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.chat import ChatAddress
from services.domain.errors import StaleAction
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from tests.store_rows import NOW
from tests.unit.handlers.conftest import Stage

BATCH = Batch(
    5,
    "k",
    1,
    1,
    ChatAddress(3, None, 50),
    "..\\осень.csv",
    Language.RUSSIAN,
    BatchState.ESTIMATED,
    3,
    2,
    tuple(SkippedLine(number, SkipReason.DUPLICATE) for number in range(4, 30)),
    likely_microusd=120_000,
    most_microusd=400_000,
    now_microusd=240_000,
)
SHORT = Account(BudgetKey(BudgetScope.MEMBER, 1, BudgetPeriod.DAY), NOW.date(), limit_microusd=300_000)
RUSSIAN, ENGLISH = (Catalogues(Language.RUSSIAN).texts(language) for language in (Language.RUSSIAN, Language.ENGLISH))


def steps(batch: Batch) -> list[BatchStep]:
    keyboard = batch_keyboard(batch, RUSSIAN)
    rows = keyboard.inline_keyboard if keyboard else []
    return [BatchPress.unpack(button.callback_data or "").step for row in rows for button in row]


async def test_without_a_file_it_tells_how(stage: Stage) -> None:
    await stage.says("/batch")
    assert stage.telegram.last(SendMessage).text == stage.text("batch.how", most=500)
    assert stage.use_cases["receive_batch"].calls == []


async def test_presses_carry_what_was_on_the_screen(stage: Stage) -> None:
    stage.use_cases["confirm_batch"].answer = stage.use_cases["cancel_batch"].answer = BATCH
    await stage.presses(BatchPress(batch_id=5, version=3, step=BatchStep.CONFIRM).pack())
    assert stage.use_cases["confirm_batch"].last["version"] == 3
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("batch.confirmed")
    await stage.presses(BatchPress(batch_id=5, version=3, step=BatchStep.CANCEL).pack())
    assert stage.use_cases["cancel_batch"].last["batch_id"] == 5
    stage.use_cases["confirm_batch"].answer = StaleAction(state="batch_confirmed")
    await stage.presses(BatchPress(batch_id=5, version=3, step=BatchStep.CONFIRM).pack())
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("stale.batch_at_work")


def test_buttons_follow_the_state() -> None:
    assert steps(BATCH) == [BatchStep.CONFIRM, BatchStep.CANCEL]
    assert steps(replace(BATCH, state=BatchState.SUBMITTED)) == [BatchStep.CANCEL]
    assert steps(replace(BATCH, state=BatchState.SUBMITTED, cancel_reason=CancelReason.PERSON)) == []
    assert steps(replace(BATCH, state=BatchState.FINISHED)) == []


def test_the_estimate_says_what_it_costs_and_what_is_left_out() -> None:
    said = batch_message(BatchReport(BATCH, tightest=SHORT), ENGLISH).text
    for words in ("2 briefs", "about $0.12", "$0.24", "at most $0.40", "$0.30 left", "24 hours", "4, 5, 6", "22, 23…"):
        assert words in said
    assert ENGLISH("batch.does_not_fit") in said
    rich = replace(SHORT, limit_microusd=400_000)
    assert ENGLISH("batch.does_not_fit") not in batch_message(BatchReport(BATCH, tightest=rich), ENGLISH).text


@pytest.mark.parametrize("texts", [RUSSIAN, ENGLISH])
def test_every_end_has_its_words(texts: Texts) -> None:
    day = NOW.date()
    paid = replace(BATCH, budget_day=day, state=BatchState.FINISHED)
    counts = LineCounts(answered=1, failed=2, expired=5, spent_microusd=30_000, unknown_price=1)
    done = batch_message(BatchReport(paid, counts), texts).text
    assert texts.plural("batch.failed", 2) in done
    assert texts.plural("batch.expired", 5) in done
    halted = replace(paid, state=BatchState.CANCELLED, cancel_reason=CancelReason.HALTED)
    assert texts("batch.halted") in batch_message(BatchReport(halted), texts).text
    unable = replace(BATCH, state=BatchState.FAILED, error_code="batches_not_offered")
    said = batch_message(BatchReport(unable), texts).text
    assert texts("error.batches_not_offered") in said
    assert texts("batch.nothing_spent") in said


def test_the_files_hold_every_brief_and_nothing_runs_in_a_spreadsheet() -> None:
    draft = Draft((Idea("=HYPERLINK()", "Текст,\nв две строки", "Потому"), Idea("Вторая", "Ещё")))
    lines = [
        BatchLine(5, 1, "Чай", LineState.ANSWERED, draft=draft),
        BatchLine(5, 2, "@formula", LineState.ANSWERED, draft=Draft(raw_text="не по форме")),
        BatchLine(5, 7, "Поздно", LineState.EXPIRED),
        BatchLine(5, 9, "Отказ", LineState.FAILED, error_code="model_refused"),
    ]
    report = BatchReport(BATCH, lines=lines)
    content = batch_csv(report, RUSSIAN)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["Строка", "Бриф", "Итог", "Идея 1", "Идея 2"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "7", "9"]
    assert rows[1][3].startswith("'=")
    assert rows[2][1] == "'@formula"
    assert rows[3][2] == RUSSIAN("batch.line_expired")
    read = batch_md(report, RUSSIAN).decode()
    assert "## 1. Чай" in read
    assert "### 2. Вторая" in read
    assert "не по форме" in read
    assert batch_file_name(report, "csv") == "осень-muza.csv"
