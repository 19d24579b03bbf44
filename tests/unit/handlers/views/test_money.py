"""Sums, bars and estimates, as people of both languages read them."""

from dataclasses import replace
from datetime import date

import pytest

from handlers.errors import sentence
from handlers.i18n import Catalogues
from handlers.keyboards import card_keyboard
from handlers.views.budget import bar, budgets_message, caps_line, state_line
from handlers.views.money import dollars, roughly
from services.assistant.budgets.sheet import BudgetSheet
from services.assistant.budgets.show_budgets import BudgetReport
from services.domain.budget import EVERY_ONE, Account, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.language import Language
from tests.unit.handlers.people import card

RU, EN = Language.RUSSIAN, Language.ENGLISH
MONTH = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)
HALF = Account(MONTH, date(2026, 3, 1), 2_000_000, 1_000_000, 0, 5_000_000)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("microusd", "russian", "english"),
    [
        (0, "0,00 $", "$0.00"),
        (3_200_000, "3,20 $", "$3.20"),
        (1_234_567_890_000, "1 234 567,89 $", "$1,234,567.89"),
        (900, "<0,01 $", "<$0.01"),
        (-1_500_000, "-1,50 $", "-$1.50"),
    ],
)
def test_dollars(catalogues: Catalogues, microusd: int, russian: str, english: str) -> None:
    assert plain(dollars(microusd, catalogues.texts(RU))) == russian
    assert plain(dollars(microusd, catalogues.texts(EN))) == english


@pytest.mark.parametrize(
    ("microusd", "russian", "english"),
    [
        (300, "<0,1 ¢", "<0.1 ¢"),
        (3_400, "0,3 ¢", "0.3 ¢"),
        (20_000, "2 ¢", "2 ¢"),
        (123_000, "12 ¢", "12 ¢"),
        (2_500_000, "2,50 $", "$2.50"),
    ],
)
def test_estimates(catalogues: Catalogues, microusd: int, russian: str, english: str) -> None:
    assert plain(roughly(microusd, catalogues.texts(RU))) == russian
    assert plain(roughly(microusd, catalogues.texts(EN))) == english


@pytest.mark.parametrize(
    ("spent", "held", "limit", "drawn"),
    [
        (0, 0, 100, "░░░░░░░░░░"),
        (1, 0, 100, "▓░░░░░░░░░"),
        (40, 20, 100, "▓▓▓▓▒▒░░░░"),
        (100, 0, 100, "▓▓▓▓▓▓▓▓▓▓"),
        (250, 50, 100, "▓▓▓▓▓▓▓▓▓▓"),
        (95, 50, 100, "▓▓▓▓▓▓▓▓▓▓"),
        (0, 0, 0, "░░░░░░░░░░"),
        (5, 0, 0, "▓▓▓▓▓▓▓▓▓▓"),
    ],
)
def test_bars(spent: int, held: int, limit: int, drawn: str) -> None:
    assert bar(Account(MONTH, date(2026, 3, 1), spent, held, 0, limit)) == drawn


def test_what_stands_beside_the_bar(catalogues: Catalogues) -> None:
    said = plain(state_line(HALF, catalogues.texts(RU)))
    assert said == "▓▓▓▓▒▒░░░░ 2,00 $ из 5,00 $, ещё 1,00 $ в работе, заново 01.04"
    more = replace(HALF, extra_microusd=5_000_000, is_hard=False)
    facts = plain(state_line(more, catalogues.texts(EN))).split(", ")
    assert facts[:2] == ["▓▓▒░░░░░░░ $2.00 of $10.00", "$1.00 more in progress"]
    assert facts[2:] == ["$5.00 of it added on top", "only a warning", "starts anew Apr 1"]


def test_the_whole_message(catalogues: Catalogues) -> None:
    rule = Account(BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.DAY), date(2026, 3, 1), 0, 0, 0, 2_000_000)
    person = replace(rule, key=replace(rule.key, scope_id=3), spent_microusd=500_000)
    report = BudgetReport((BudgetSheet(rule),), (BudgetSheet(HALF), BudgetSheet(person, "Аня")), is_admin=True)
    said = plain(budgets_message(report, catalogues.texts(RU)).text)
    for part in ("Вся команда, этот месяц", "Аня, сегодня", "Каждому: 2,00 $ в день", "/budget @anya"):
        assert part in said
    caps = plain(caps_line(report, catalogues.texts(RU)))
    assert caps == "💰 Лимиты: Вся команда: 5,00 $ в месяц; Каждому: 2,00 $ в день. Посмотреть и изменить: /budget"


@pytest.mark.parametrize("language", [RU, EN])
def test_the_regenerate_button_tells_its_price(catalogues: Catalogues, language: Language) -> None:
    texts = catalogues.texts(language)
    known = card_keyboard(card(again_microusd=21_000), texts)
    assert "≈ 2\u00a0¢" in known.inline_keyboard[0][1].text
    for nothing in (None, 0):
        label = card_keyboard(card(again_microusd=nothing), texts).inline_keyboard[0][1].text
        assert label == texts("button.regenerate")


@pytest.mark.parametrize("language", [RU, EN])
@pytest.mark.parametrize("scope", list(BudgetScope))
@pytest.mark.parametrize("period", list(BudgetPeriod))
def test_a_refusal_reads_well(
    catalogues: Catalogues, language: Language, scope: BudgetScope, period: BudgetPeriod
) -> None:
    facts = {"scope": scope.value, "period": period.value, "limit": "5.00", "left": "0.12", "scope_id": 3}
    said = plain(sentence("budget_exhausted", catalogues.texts(language), **facts))
    assert ("0,12 $ из 5,00 $" if language is RU else "$0.12 of $5.00") in said
    assert not {scope.value, period.value} & set(said.split()) or language is EN
