"""Callback data: fits into Telegram's 64 bytes, survives noise and forgery."""

from collections.abc import Iterator

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import AnswerCallbackQuery, EditMessageText
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import answer_callbacks, callbacks, kb_callbacks, lesson_callbacks
from handlers.callbacks import AccessPress, MemberPress, RegeneratePress, SettingPress, WordsPress
from services.domain.budget import BudgetPeriod, BudgetScope
from services.domain.catalogue import Shelf
from services.domain.generation import Chip
from services.domain.language import Language
from services.domain.member import MemberStatus, Role, StreamTransport
from services.domain.question import Purpose
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN

BIGGEST = 2**63 - 1


def kinds() -> Iterator[type[CallbackData]]:
    modules = (callbacks, kb_callbacks, lesson_callbacks, answer_callbacks)
    for value in [value for module in modules for value in vars(module).values()]:
        if isinstance(value, type) and issubclass(value, CallbackData) and value is not CallbackData:
            yield value


def test_prefixes_are_unique() -> None:
    prefixes = [kind.__prefix__ for kind in kinds()]
    assert len(prefixes) == len(set(prefixes)) > 10


@pytest.mark.parametrize(
    "press",
    [
        RegeneratePress(generation_id=BIGGEST, version=2**31 - 1, chip=Chip.ANOTHER_ANGLE),
        WordsPress(generation_id=BIGGEST, version=2**31 - 1, purpose=Purpose.CHANGES),
        callbacks.FacePress(generation_id=BIGGEST, version=2**31 - 1, face=callbacks.Face.VERDICTS),
        callbacks.RecordingPress(recording_id=BIGGEST, version=2**31 - 1, step=callbacks.RecordingStep.START),
        AccessPress(member_id=BIGGEST, grant=False),
        MemberPress(member_id=BIGGEST, role=Role.APPROVER, status=MemberStatus.REQUESTED),
        callbacks.BudgetPress(
            step=callbacks.BudgetStep.GRANT_HERE,
            scope=BudgetScope.PROJECT,
            scope_id=-(2**52),
            period=BudgetPeriod.MONTH,
            starts_on=9_999_999,
            limit_cents=10**11,
        ),
        callbacks.HaltPress(step=callbacks.HaltStep.HALT, project_id=BIGGEST),
        lesson_callbacks.LessonPress(lesson_id=BIGGEST, step=lesson_callbacks.LessonStep.RETRY),
        kb_callbacks.KbCard(document_id=BIGGEST, here=True, shelf=Shelf.FLAGGED, page=10_000),
        kb_callbacks.KbPress(
            document_id=BIGGEST,
            version=2**31 - 1,
            step=kb_callbacks.KbStep.DELETE_NOW,
            shelf=Shelf.FLAGGED,
            page=10_000,
        ),
        kb_callbacks.KbAsk(document_id=BIGGEST, version=2**31 - 1, question=kb_callbacks.KbQuestion.FILE),
        SettingPress(language=Language.RUSSIAN, transport=StreamTransport.DRAFT),
    ],
    ids=lambda press: type(press).__name__,
)
def test_the_longest_data_fits_and_reads_back(press: CallbackData) -> None:
    packed = press.pack()
    assert len(packed.encode()) <= 64
    assert type(press).unpack(packed) == press


forged = st.one_of(
    st.text(max_size=64),
    st.builds(
        lambda prefix, parts: ":".join([prefix, *parts]),
        st.sampled_from([kind.__prefix__ for kind in kinds()]),
        st.lists(st.one_of(st.text(max_size=12), st.integers().map(str), st.just("")), max_size=5),
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=forged)
async def test_whatever_is_pressed_is_answered_once_and_kindly(stage: Stage, data: str) -> None:
    stage.member = ADMIN
    stage.telegram.calls.clear()
    stage.use_cases["list_members"].answer = ()
    await stage.presses(data)
    answers = stage.telegram.sent(AnswerCallbackQuery)
    assert len(answers) == 1
    assert len(answers[0].text or "") <= 200


@pytest.mark.parametrize(
    "data", ["ok", "ok:7", "ok:x:1", "ok:0:1", "ok:7:-1", f"ok:{2**70}:1", "zz:1", "", None, "g:7:1:wild"]
)
async def test_unreadable_data_changes_nothing(stage: Stage, data: str | None) -> None:
    await stage.presses(data)
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert answer.text == stage.text("press.outdated")
    assert answer.show_alert is True
    assert stage.telegram.sent(EditMessageText) == []
    assert all(not use_case.calls for use_case in stage.use_cases.by_name.values())
