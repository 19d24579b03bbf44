"""Leases: an owner that lost its attempt writes nothing, and its heir goes on soon."""

import tempfile
from pathlib import Path
from statistics import quantiles

from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.durability.overlaps import force_overlaps
from tests.durability.report import Row
from tests.durability.scenarios.terms import Terms
from tests.durability.takeover import measure_takeover

OVERLAPS = 1_000
TAKEOVERS = 20
P95_SECONDS = 15.0


async def overlaps(terms: Terms) -> list[Row]:
    times = terms.times(OVERLAPS, 20)
    with tempfile.TemporaryDirectory(prefix="muza-overlaps-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'muza.db'}"
        await upgrade_schema(url)
        engine = open_engine(url)
        try:
            report = await force_overlaps(SqlStore(engine), times)
        finally:
            await engine.dispose()
    size, done = f"{report.overlaps} overlaps", f"{report.tried} writes tried by owners without a lease"
    went_through = tuple(report.not_stopped)
    return [
        Row("fencing", size, done, "stale writes", str(report.stale_writes), "0", not report.stale_writes, went_through)
    ]


async def takeover(terms: Terms) -> list[Row]:
    times = terms.times(TAKEOVERS, 3)
    rows = []
    for other_host, heir in ((False, "heir: the process started again"), (True, "heir: a process of another machine")):
        spans = sorted(await measure_takeover(times, other_host=other_host, seed=terms.seed))
        p95 = quantiles(spans, n=20, method="inclusive")[-1]
        figure = f"p50 {spans[len(spans) // 2]:.1f} s, p95 {p95:.1f} s"
        done = "kill -9 of the owner in mid-generation"
        rows.append(
            Row("takeover", f"{times} kills", done, heir, figure, f"p95 ≤ {P95_SECONDS:.0f} s", p95 <= P95_SECONDS)
        )
    return rows
