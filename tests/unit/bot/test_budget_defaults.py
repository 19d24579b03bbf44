"""Caps from the first start, and the days they count."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.budget_defaults import PERSON_DAY, TEAM_MONTH, seed_budgets
from bot.container import open_adapters
from bot.settings import Settings
from services.domain.budget import Budget, BudgetKey, BudgetPeriod, BudgetScope, start_of
from services.domain.errand import Errand
from services.domain.usage import CallContext
from services.store.ports import Store
from tests.store_rows import a_member

DAY = date(2026, 3, 18)
MakeSettings = Callable[..., Settings]


async def limits(store: Store) -> dict[BudgetKey, int]:
    async with store.reading() as tx:
        return {budget.key: budget.limit_microusd for budget in await tx.budgets.budgets()}


async def test_who_configures_nothing_is_safe(store: Store, make_settings: MakeSettings) -> None:
    for _ in range(2):
        await seed_budgets(store, make_settings(), DAY)
    assert await limits(store) == {TEAM_MONTH: 50_000_000, PERSON_DAY: 5_000_000}


async def test_an_administrator_has_the_last_word(
    store: Store, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = (await a_member(store)).id
    await seed_budgets(store, make_settings(), DAY)
    async with store.transaction() as tx:
        await tx.budgets.set(Budget(PERSON_DAY, 1_000_000), admin, DAY)
    monkeypatch.setenv("BUDGET_TEAM_MONTH_USD", "120.50")
    monkeypatch.setenv("BUDGET_PERSON_DAY_USD", "9")
    await seed_budgets(store, make_settings(), DAY)
    assert await limits(store) == {TEAM_MONTH: 120_500_000, PERSON_DAY: 1_000_000}
    monkeypatch.setenv("BUDGET_TEAM_MONTH_USD", "none")
    await seed_budgets(store, make_settings(), DAY)
    assert await limits(store) == {PERSON_DAY: 1_000_000}


@pytest.mark.parametrize(
    ("said", "limit"),
    [("", Decimal(50)), ("none", None), (" None ", None), ("0", Decimal(0)), ("12.25", Decimal("12.25"))],
)
def test_words_for_limits(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, said: str, limit: Decimal | None
) -> None:
    monkeypatch.setenv("BUDGET_TEAM_MONTH_USD", said)
    assert make_settings().budget_team_month_usd == limit


@pytest.mark.parametrize("said", ["-1", "unlimited", "nan", "inf", "1.005", "5$"])
def test_what_is_no_limit_is_refused(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("BUDGET_PERSON_DAY_USD", said)
    with pytest.raises(ValidationError, match="budget_person_day_usd"):
        make_settings()


async def test_days_begin_in_the_zone_of_the_team(make_settings: MakeSettings, tmp_path: Path) -> None:
    """Between these two it is never the same day."""
    days = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        settings = make_settings(timezone=zone, data_dir=tmp_path / zone.rpartition("/")[2])
        async with AsyncExitStack() as stack:
            adapters = await open_adapters(settings, "bot", stack)
            await adapters.ledger.start(Errand(CallContext("idea"), "openai", "gpt-4.1", most_microusd=7))
            key = BudgetKey(BudgetScope.TEAM, 0, BudgetPeriod.DAY)
            today = datetime.now(UTC).date()
            async with adapters.store.reading() as tx:
                around = [today + timedelta(days=shift) for shift in (-1, 0, 1)]
                held = [await tx.budgets.account(key, start_of(key.period, day)) for day in around]
            days += [account.starts_on for account in held if account.reserved_microusd == 7]
    assert len(set(days)) == 2
    assert days[0] > days[1]
