"""What admins write after /budget, in either language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.budget_words import BudgetOrder, microusd, read_order
from services.assistant.budgets.target import BudgetTarget
from services.domain.budget import BudgetPeriod, BudgetScope

DAY, WEEK, MONTH, TOTAL = BudgetPeriod
TEAM, CHAT = BudgetTarget(BudgetScope.TEAM), BudgetTarget(BudgetScope.CHAT)
ANYA = BudgetTarget(BudgetScope.MEMBER, "@anya")
DOLLAR = 1_000_000


def project(name: str) -> BudgetTarget:
    return BudgetTarget(BudgetScope.PROJECT, name)


def every(scope: BudgetScope) -> BudgetTarget:
    return BudgetTarget(scope, is_every_one=True)


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("50$ month", BudgetOrder(TEAM, MONTH, 50 * DOLLAR)),
        ("50", BudgetOrder(TEAM, None, 50 * DOLLAR)),
        ("команда 50 $ в месяц", BudgetOrder(TEAM, MONTH, 50 * DOLLAR)),
        ("месяц 50$", BudgetOrder(TEAM, MONTH, 50 * DOLLAR)),
        ("500$ total", BudgetOrder(TEAM, TOTAL, 500 * DOLLAR)),
        ("@anya 2$ day", BudgetOrder(ANYA, DAY, 2 * DOLLAR)),
        ("@anya 2,50 долларов на неделю", BudgetOrder(ANYA, WEEK, 2_500_000)),
        ("@anya нет", BudgetOrder(ANYA, None, None)),
        ("@anya без лимита", BudgetOrder(ANYA, None, None)),
        ("@anya day off", BudgetOrder(ANYA, DAY, None)),
        ("@anya по умолчанию", BudgetOrder(ANYA, None, None, as_every_one=True)),
        ("Анна Ли $5", BudgetOrder(BudgetTarget(BudgetScope.MEMBER, "Анна Ли"), None, 5 * DOLLAR)),
        ("проект quiet-hour 20$ в месяц", BudgetOrder(project("quiet-hour"), MONTH, 20 * DOLLAR)),
        ("project «Тихий час» 20 usd", BudgetOrder(project("Тихий час"), None, 20 * DOLLAR)),
        ("проект 2000 30$ неделя", BudgetOrder(project("2000"), WEEK, 30 * DOLLAR)),
        ("проект 30$", BudgetOrder(project(""), None, 30 * DOLLAR)),
        ("чат 10$ неделя мягкий", BudgetOrder(CHAT, WEEK, 10 * DOLLAR, is_hard=False)),
        ("this chat 10$ week hard", BudgetOrder(CHAT, WEEK, 10 * DOLLAR)),
        ("Chat 10$ week hard", BudgetOrder(CHAT, WEEK, 10 * DOLLAR)),
        ("каждому 2$ день", BudgetOrder(every(BudgetScope.MEMBER), DAY, 2 * DOLLAR)),
        ("everyone 2$ day", BudgetOrder(every(BudgetScope.MEMBER), DAY, 2 * DOLLAR)),
        ("каждому проекту 30$", BudgetOrder(every(BudgetScope.PROJECT), None, 30 * DOLLAR)),
        ("every chat off", BudgetOrder(every(BudgetScope.CHAT), None, None)),
        ("0$ day", BudgetOrder(TEAM, DAY, 0)),
    ],
)
def test_words(words: str, order: BudgetOrder) -> None:
    assert read_order(words) == order


@pytest.mark.parametrize(
    "words",
    [
        "",
        "сколько",
        "@anya",
        "-5$ day",
        "5€ day",
        "1,000$ day",
        "5$ day week",
        "5$ or so",
        "5.555$",
        "99999999$",
        "чат шесть 5$",
    ],
)
def test_what_cannot_be_told_is_not_guessed(words: str) -> None:
    assert read_order(words) is None


@pytest.mark.parametrize(
    ("text", "sum_"),
    [("5", 5.0), ("5$", 5.0), ("$5", 5.0), ("5.50", 5.5), ("5,50", 5.5), ("5,5$", 5.5), ("0,05", 0.05)],
)
def test_sums(text: str, sum_: float) -> None:
    assert microusd(text) == round(sum_ * DOLLAR)


def test_the_period_that_people_mean() -> None:
    orders = [read_order(words) for words in ("5$", "@anya 5$", "проект x 5$", "чат 5$")]
    assert [order.usual_period if order else None for order in orders] == [MONTH, DAY, MONTH, MONTH]


@given(st.text(max_size=60))
def test_no_words_break_it(words: str) -> None:
    order = read_order(words)
    assert order is None or order.limit_microusd is None or order.limit_microusd >= 0
