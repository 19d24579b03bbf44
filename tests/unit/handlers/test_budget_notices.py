"""What people read about their budgets, and the buttons under it."""

from typing import Any

import pytest

from handlers.budget_renderers import budget_renderers
from handlers.callbacks import BudgetPress, BudgetStep
from handlers.delivery_renderers import Said
from handlers.i18n import Catalogues
from services.domain.budget import BudgetPeriod, BudgetScope
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.language import Language

CATALOGUES = Catalogues(Language.RUSSIAN)


async def told(language: Language = Language.RUSSIAN, **facts: Any) -> Said:
    payload = {
        "scope": "member",
        "scope_id": 3,
        "period": "day",
        "starts_on": "2026-03-18",
        "percent": 80,
        "spent_microusd": 4_012_345,
        "reserved_microusd": 0,
        "limit_microusd": 5_000_000,
        "is_hard": True,
        "name": "Аня Кравцова",
        "is_own": True,
        "for_admin": False,
        **facts,
    }
    notice = Delivery(1, DeliveryKind.BUDGET_NOTICE, ChatAddress(7003), payload)
    said = await budget_renderers()[DeliveryKind.BUDGET_NOTICE](notice, CATALOGUES.texts(language))
    assert isinstance(said, Said)
    return said


def presses(said: Said) -> list[BudgetPress]:
    assert said.keyboard is not None
    return [BudgetPress.unpack(button.callback_data or "") for row in said.keyboard.inline_keyboard for button in row]


async def test_a_person_reads_of_their_own_day_and_may_ask_for_more() -> None:
    said = await told()
    assert said.message.text == "💰 Личный бюджет на сегодня\nИзрасходовано 80\u00a0%: 4,01\u00a0$ из 5,00\u00a0$."
    (press,) = presses(said)
    assert (press.step, press.scope, press.scope_id) == (BudgetStep.ASK, BudgetScope.MEMBER, 3)


async def test_an_admin_reads_whose_it_is_and_may_grant_raise_or_deny() -> None:
    said = await told(Language.ENGLISH, is_own=False, for_admin=True, percent=100, spent_microusd=5_000_000)
    assert "Аня Кравцова" in said.message.text
    assert "All of it is spent: $5.00 of $5.00." in said.message.text
    steps = [press.step for press in presses(said)]
    assert steps == [BudgetStep.GRANT, BudgetStep.OPEN, BudgetStep.DENY]
    assert {(press.period, press.starts_on, press.limit_cents) for press in presses(said)} == {
        (BudgetPeriod.DAY, 739_693, 500)
    }


@pytest.mark.parametrize("held", [0, 700_000])
async def test_a_refusal_says_why_although_not_everything_is_spent(held: int) -> None:
    said = await told(percent=100, spent_microusd=4_500_000, reserved_microusd=held)
    assert "не хватило: потрачено 4,50\u00a0$ из 5,00\u00a0$" in said.message.text
    assert ("Ещё 0,70\u00a0$ придержано" in said.message.text) is bool(held)
    assert "Завтра счёт начнётся заново" in said.message.text


async def test_a_soft_limit_stops_nothing() -> None:
    said = await told(percent=100, spent_microusd=5_100_000, is_hard=False, scope="team", scope_id=0, name="")
    assert said.message.text.startswith("💰")
    assert "работа продолжается" in said.message.text
