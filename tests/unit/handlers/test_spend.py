"""/spend at the stage: the picture, its buttons, the file; words and cells that people wrote do no harm."""

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageMedia, SendDocument, SendMessage, SendPhoto
from aiogram.types import InlineKeyboardMarkup

from handlers.callbacks import SpendPress
from handlers.i18n import Catalogues
from handlers.views.formatted import utf16_length
from handlers.views.spending import CAPTION_LIMIT, spending_caption
from handlers.views.spending_chart import spending_chart
from handlers.views.spending_csv import cell, spending_csv
from services.assistant.report_spending import SpendingReport, SpendingSeries
from services.domain.budget import BudgetPeriod
from services.domain.errors import ChartUnavailable
from services.domain.language import Language
from services.domain.spending import DearRequest, GroupDay, GroupSpent, SpendingGroup, Spent
from services.domain.spending_days import SpendingPeriod
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import GROUP

PNG = b"\x89PNG\r\n\x1a\n..."
TODAY = date(2026, 3, 18)
SPENT = Spent(1_204, 5_000, 1_000, 900, 11_000_000, 12, 12_340_000, 3, 35, 1_200_000, 2_300_000)
EVIL = GroupSpent("7", '=HYPERLINK("http://evil.example")', SPENT)
REPORT = SpendingReport(
    period=SpendingPeriod.THIRTY,
    group=SpendingGroup.PERSON,
    of_team=True,
    since=date(2026, 2, 17),
    today=TODAY,
    step=BudgetPeriod.DAY,
    steps=(date(2026, 3, 17), TODAY),
    totals=SPENT,
    groups=(EVIL, GroupSpent("", "", Spent())),
    series=(SpendingSeries(EVIL, (12_000_000, 300_000)), SpendingSeries(None, (0, 40_000))),
    days=(GroupDay(TODAY, "7", SPENT), GroupDay(TODAY, "", Spent())),
    forecast_microusd=18_000_000,
    approved=27,
    dearest=(DearRequest(31, None, "idea", "Аня", TODAY, 420_000),),
)
NOTHING = replace(REPORT, totals=Spent(), groups=(), series=(), days=(), forecast_microusd=None, dearest=())


@pytest.fixture(autouse=True)
def answers(stage: Stage) -> None:
    stage.use_cases["report_spending"].answer = REPORT
    stage.use_cases["paint_chart"].answer = PNG


def labels(keyboard: Any) -> list[str]:
    assert isinstance(keyboard, InlineKeyboardMarkup)
    return [button.text for row in keyboard.inline_keyboard for button in row]


async def test_a_picture_with_words_and_buttons(stage: Stage) -> None:
    await stage.says("/spend")
    sent = stage.telegram.last(SendPhoto)
    for part in (
        "12,34 $",
        "1204 вызова",
        "18,00 $",
        "0,46 $",
        "12 вызовов неизвестна",
        "1,20 $",
        "сберегла 2,30 $",
        "идеи № 31, Аня",
        "<1 %",
    ):
        assert part in (sent.caption or "").replace("\u00a0", " "), part
    assert {"• 30 дней", "• Люди", "Модели", "🌙", "📄 Таблица CSV"} <= set(labels(sent.reply_markup))
    chart = stage.use_cases["paint_chart"].last["chart"]
    assert (chart.steps, chart.is_dark, chart.decimal_comma) == (("17.03", "18.03"), False, True)
    assert chart.series[-1].is_rest
    assert chart.series[0].amounts == (12.0, 0.3)


async def test_a_press_changes_the_picture_in_place(stage: Stage) -> None:
    await stage.presses(SpendPress(period=SpendingPeriod.WEEK, group=SpendingGroup.TASK, dark=True).pack())
    asked = stage.use_cases["report_spending"].last
    assert (asked["period"], asked["group"]) == (SpendingPeriod.WEEK, SpendingGroup.TASK)
    assert stage.use_cases["paint_chart"].last["chart"].is_dark
    edited = stage.telegram.last(EditMessageMedia)
    assert edited.message_id == 900
    assert "☀️" in labels(edited.reply_markup)
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 1
    stage.telegram.refuse(EditMessageMedia, "message to edit not found")
    await stage.presses(SpendPress().pack())
    assert stage.telegram.sent(SendPhoto), "a deleted picture comes anew"


async def test_in_a_group_nothing_is_told(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.says("/spend")
    assert "личные сообщения" in (stage.telegram.last(SendMessage).text or "")
    await stage.presses(SpendPress().pack())
    assert stage.telegram.last(AnswerCallbackQuery).show_alert
    assert stage.use_cases["report_spending"].calls == []


async def test_words_come_without_a_picture_that_cannot_be_drawn(stage: Stage) -> None:
    stage.use_cases["paint_chart"].answer = ChartUnavailable("x")
    await stage.says("/spend")
    sent = stage.telegram.last(SendMessage)
    assert "12,34\u00a0$" in (sent.text or "")
    assert "• 30 дней" in labels(sent.reply_markup)
    await stage.presses(SpendPress().pack())
    assert "график" in (stage.telegram.last(AnswerCallbackQuery).text or "")


async def test_the_file_is_read_by_spreadsheets_and_runs_nothing(stage: Stage) -> None:
    await stage.presses(SpendPress(as_file=True).pack())
    file = stage.telegram.last(SendDocument).document
    assert file.filename == "muza-spend-2026-02-17-2026-03-18-person.csv"  # type: ignore[union-attr]
    content = spending_csv(REPORT, stage.catalogues.texts(Language.RUSSIAN)).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(content))
    assert first["person"] == '\'=HYPERLINK("http://evil.example")'
    assert (first["cost_usd"], first["counted_usd"], first["calls"]) == ("11.000000", "12.340000", "1204")
    assert (first["saved_usd"], first["routing_saved_usd"]) == ("1.200000", "2.300000")
    assert (second["person"], second["day"]) == ("без участия людей", "2026-03-18")


@pytest.mark.parametrize(
    ("text", "safe"), [("=1+1", "'=1+1"), ("-5", "'-5"), ("@x", "'@x"), ("+7", "'+7"), ("\t=1", "'=1"), ("Аня", "Аня")]
)
def test_a_cell_is_no_formula(text: str, safe: str) -> None:
    assert cell(text) == safe


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("period", list(SpendingPeriod))
@pytest.mark.parametrize("group", [group for group in SpendingGroup if group is not SpendingGroup.DAY])
@pytest.mark.parametrize("of_team", [True, False])
def test_captions_fit_whatever_is_in_them(
    catalogues: Catalogues, language: Language, period: SpendingPeriod, group: SpendingGroup, of_team: bool
) -> None:
    long = GroupSpent("1", "Очень длинное имя 🎨 " * 9, SPENT)
    dear = DearRequest(10**12, None, "transcribe", "Имя " * 30, TODAY, 10**12)
    series = (*(SpendingSeries(long, (10**12,)) for _ in range(6)), SpendingSeries(None, (5,)))
    full = replace(REPORT, period=period, group=group, of_team=of_team, series=series, dearest=(dear,) * 5)
    texts = catalogues.texts(language)
    caption = spending_caption(full, texts)
    assert 300 < utf16_length(caption.text) <= CAPTION_LIMIT
    assert ("Имя" in caption.text) is of_team
    for made in (full, replace(full, totals=Spent(), series=())):
        chart = spending_chart(made, texts, dark=False)
        assert chart.title
        assert chart.nothing
    assert texts("spend.nothing") in spending_caption(NOTHING, texts).text
