"""A team that configures nothing is safe: a cap for its month and one for each person's day, from the settings.

Written at the start of every process, before its first call to a model. What an administrator has decided stays.
"""

from datetime import date
from decimal import Decimal

from loguru import logger

from bot.settings import Settings
from services.domain.budget import EVERY_ONE, BudgetKey, BudgetPeriod, BudgetScope
from services.store.ports import Store

TEAM_MONTH = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)
PERSON_DAY = BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.DAY)


async def seed_budgets(store: Store, settings: Settings, today: date) -> None:
    """Raises StoreUnavailable: without its caps a process makes no calls."""
    wanted = ((TEAM_MONTH, settings.budget_team_month_usd), (PERSON_DAY, settings.budget_person_day_usd))
    async with store.transaction() as tx:
        for key, limit in wanted:
            if await tx.budgets.set_default(key, _microusd(limit), today):
                said = "no limit" if limit is None else f"${limit}"
                logger.info("budget of {} a {} by the settings: {}", key.scope.value, key.period.value, said)


def _microusd(limit: Decimal | None) -> int | None:
    return None if limit is None else int(limit * 1_000_000)
