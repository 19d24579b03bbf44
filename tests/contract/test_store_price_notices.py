"""Administrators are told once of each model that has no price, in the transaction that counted its call."""

from datetime import UTC, datetime, timedelta

from services.domain.delivery import Delivery, DeliveryKind, DeliveryState
from services.domain.errand import Errand
from services.domain.member import MemberStatus, Role
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from tests.store_rows import a_member


async def called(store: Store, model: str, cost: int | None) -> None:
    ledger = SqlLedger(store)
    call = await ledger.start(Errand(CallContext("idea"), "gpu.lan:8000", model))
    await ledger.finish(call, CallReport(CallOutcome.OK, Usage(1, 0, 1), cost, latency_ms=1, assumed_microusd=20))


async def outbox(store: Store) -> list[Delivery]:
    rows: list[Delivery] = []
    while True:
        async with store.transaction() as tx:
            claimed = await tx.deliveries.claim_due(datetime.now(UTC) + timedelta(seconds=1))
            for row in claimed:
                await tx.deliveries.settle(row.id, row.attempts, DeliveryState.SENT)
        if not claimed:
            return rows
        rows += claimed


async def test_every_administrator_is_told_once_of_each_model(store: Store) -> None:
    admins = [await a_member(store, role=Role.ADMIN) for _ in range(2)]
    await a_member(store)
    await a_member(store, role=Role.ADMIN, status=MemberStatus.BLOCKED)
    await called(store, "qwen", None)
    await called(store, "qwen", None)
    await called(store, "gpt-4.1", 5)
    told = await outbox(store)
    assert {row.kind for row in told} == {DeliveryKind.PRICE_UNKNOWN}
    assert sorted(row.address.chat_id for row in told) == sorted(admin.telegram_id for admin in admins)
    assert told[0].payload == {"provider": "gpu.lan:8000", "model": "qwen"}
    await called(store, "llama", None)
    await called(store, "qwen", None)
    assert [row.payload["model"] for row in await outbox(store)] == ["llama", "llama"]


async def test_who_becomes_an_administrator_later_is_told_then(store: Store) -> None:
    await called(store, "qwen", None)
    admin = await a_member(store, role=Role.ADMIN)
    await called(store, "qwen", None)
    assert [row.address.chat_id for row in await outbox(store)] == [admin.telegram_id]
