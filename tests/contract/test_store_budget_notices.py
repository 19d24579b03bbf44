"""Shares of a budget are told once a period, to whom they concern, together with the money that reached them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState
from services.domain.errand import Errand
from services.domain.errors import BudgetExhausted
from services.domain.member import Member, Role
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from tests.store_rows import a_member, a_project

TEAM_MONTH = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)
EACH_DAY = BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.DAY)


@dataclass
class Desk:
    store: Store
    admin: Member
    person: Member

    async def limit(self, key: BudgetKey, microusd: int, *, is_hard: bool = True) -> None:
        async with self.store.transaction() as tx:
            await tx.budgets.set(Budget(key, microusd, is_hard), self.admin.id, datetime.now(UTC).date())

    async def pay(self, cost: int, *, most: int | None = None, **context: Any) -> None:
        ledger = SqlLedger(self.store)
        who = CallContext("idea", **{"member_id": self.person.id, **context})
        call = await ledger.start(Errand(who, "openai", "gpt-4.1", most_microusd=cost if most is None else most))
        await ledger.finish(call, CallReport(CallOutcome.OK, Usage(1, 0, 1), cost, latency_ms=1))

    async def told(self) -> list[tuple[str, str, int]]:
        """Since the last look: reader, scope, per cent."""
        names = {self.admin.telegram_id: "admin", self.person.telegram_id: "person"}
        return [
            (names[row.address.chat_id], row.payload["scope"], row.payload["percent"]) for row in await self.outbox()
        ]

    async def outbox(self) -> list[Delivery]:
        """As a worker takes them, one a chat at a time."""
        rows: list[Delivery] = []
        while True:
            async with self.store.transaction() as tx:
                claimed = await tx.deliveries.claim_due(datetime.now(UTC) + timedelta(seconds=1))
                for row in claimed:
                    await tx.deliveries.settle(row.id, row.attempts, DeliveryState.SENT)
            if not claimed:
                return rows
            assert {row.kind for row in claimed} == {DeliveryKind.BUDGET_NOTICE}
            rows += claimed


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(store, await a_member(store, role=Role.ADMIN), await a_member(store))


async def test_each_share_of_the_team_is_told_to_admins_once(desk: Desk) -> None:
    await desk.limit(TEAM_MONTH, 1000)
    await desk.pay(499)
    assert await desk.told() == []
    await desk.pay(1)
    assert await desk.told() == [("admin", "team", 50)]
    for _ in range(3):
        await desk.pay(90)
    assert await desk.told() == []
    await desk.pay(230)
    assert await desk.told() == [("admin", "team", 100)], "of what was passed at once, the last"
    with pytest.raises(BudgetExhausted):
        await desk.pay(1)
    assert await desk.told() == []


async def test_a_person_hears_of_their_own_day_and_admins_when_it_is_used_up(desk: Desk) -> None:
    await desk.limit(EACH_DAY, 100)
    await desk.pay(80)
    assert await desk.told() == [("person", "member", 80)]
    await desk.pay(20)
    assert sorted(await desk.told()) == [("admin", "member", 100), ("person", "member", 100)]


async def test_of_a_budget_set_for_one_person_admins_hear_everything(desk: Desk) -> None:
    await desk.limit(BudgetKey(BudgetScope.MEMBER, desk.person.id, BudgetPeriod.WEEK), 100)
    await desk.pay(50)
    assert sorted(await desk.told()) == [("admin", "member", 50), ("person", "member", 50)]


async def test_an_admin_who_pays_is_told_once(desk: Desk) -> None:
    await desk.limit(EACH_DAY, 100)
    await desk.pay(100, member_id=desk.admin.id)
    (row,) = await desk.outbox()
    assert (row.payload["is_own"], row.payload["for_admin"], row.payload["name"]) == (True, True, desk.admin.name)


async def test_a_refusal_says_that_nothing_fits_any_more(desk: Desk) -> None:
    project = await a_project(desk.store)
    await desk.limit(BudgetKey(BudgetScope.PROJECT, project.id, BudgetPeriod.TOTAL), 100)
    for _ in range(2):
        with pytest.raises(BudgetExhausted):
            await desk.pay(101, project_id=project.id)
    (row,) = await desk.outbox()
    payload = row.payload
    assert (payload["percent"], payload["spent_microusd"], payload["limit_microusd"]) == (100, 0, 100)
    assert (payload["name"], payload["period"], payload["starts_on"]) == (project.name, "total", "1970-01-01")
    await desk.pay(85, project_id=project.id)
    assert await desk.told() == [], "less than what they know"


async def test_after_a_grant_the_shares_are_told_anew(desk: Desk) -> None:
    await desk.limit(TEAM_MONTH, 100)
    await desk.pay(100)
    assert await desk.told() == [("admin", "team", 100)]
    async with desk.store.transaction() as tx:
        month = datetime.now(UTC).date().replace(day=1)
        await tx.budgets.grant(TEAM_MONTH, month, 60)  # 62 per cent
    await desk.pay(28)
    assert await desk.told() == [("admin", "team", 80)]
    await desk.limit(TEAM_MONTH, 1000)
    await desk.pay(402)
    assert await desk.told() == [("admin", "team", 50)]
    await desk.limit(TEAM_MONTH, 1100)
    await desk.pay(60)
    assert await desk.told() == [("admin", "team", 50)], "a raise put it below, the next call above"


async def test_soft_budgets_are_told_and_go_on(desk: Desk) -> None:
    await desk.limit(TEAM_MONTH, 100, is_hard=False)
    await desk.pay(150)
    (row,) = await desk.outbox()
    assert (row.payload["percent"], row.payload["is_hard"]) == (100, False)
    await desk.pay(150)
    assert await desk.told() == []


async def test_what_is_reserved_is_not_spent(desk: Desk) -> None:
    await desk.limit(TEAM_MONTH, 1000)
    await desk.pay(10, most=1000)
    assert await desk.told() == []
