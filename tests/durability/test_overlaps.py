"""An owner that lost its lease writes nothing, however far its heir has come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.assistant.stages.claim import Lease
from services.assistant.stages.run import LeaseLost, Run
from services.store.ports import Store, Transaction
from tests.durability.overlaps import force_overlaps


async def test_forced_overlaps_leave_no_stale_write(store: Store) -> None:
    report = await force_overlaps(store, 40)
    assert (report.overlaps, report.tried) == (40, 480)
    assert report.not_stopped == []
    assert report.stale_writes == 0


async def test_the_measure_sees_a_write_without_a_fence(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def unfenced(self: Lease, run: Run) -> AsyncIterator[Transaction]:
        async with sqlite_store.transaction() as tx:
            yield tx

    async def refuses(self: Lease, run: Run, nudge: asyncio.Event) -> None:
        raise LeaseLost

    monkeypatch.setattr(Lease, "writing", unfenced)
    monkeypatch.setattr(Lease, "keep", refuses)  # it would renew for ever
    report = await force_overlaps(sqlite_store, 5)
    assert {"passages", "turn"} <= set(report.not_stopped)
    assert any(name.startswith("rows") for name in report.not_stopped)
    assert any(name.startswith("traces") for name in report.not_stopped)
