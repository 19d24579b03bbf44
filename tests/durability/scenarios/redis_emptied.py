"""Redis forgets everything in mid-work: by FLUSHALL, then by a server that comes back with an empty folder."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis

from tests.durability.evidence import collect
from tests.durability.quiet import quiet_end
from tests.durability.report import Row
from tests.durability.scenarios.terms import Terms
from tests.durability.stage import Play, Stage, open_stage
from tests.durability.traffic import play
from tests.durability.verdicts import common_rows
from tests.durability.waiting import until

NAME = "Redis emptied"
UPDATES = 600
PER_SECOND = 12.0
BAR_SECONDS = 30.0
LOOK_SECONDS = 0.1
PENDING = {
    "update": "SELECT update_id AS id FROM inbox WHERE done_at IS NULL",
    "attempt": "SELECT id FROM generations WHERE state IN ('queued', 'running')",
    "delivery": "SELECT id FROM deliveries WHERE state IN ('new', 'sending') AND not_before IS NULL",
}
Items = frozenset[tuple[str, int]]


async def run(terms: Terms) -> list[Row]:
    updates = terms.times(UPDATES, 60)
    writers = 30 if terms.is_full else 10
    async with open_stage(Play(terms.seed, writers, answer_seconds=2.0, keep_at=terms.keep)) as stage:
        timings = [
            await _empty_in_mid_work(stage, updates // 2, terms.seed, flush_all),
            await _empty_in_mid_work(stage, updates // 2, terms.seed + 1, lose_the_folder),
        ]
        await quiet_end(stage)
        evidence = collect(stage)
    size, done = f"{len(evidence.arrivals)} updates", "FLUSHALL; server killed, its folder deleted, started again"
    rows = common_rows(NAME, size, done, evidence)
    for (items, seconds), how in zip(timings, ("FLUSHALL", "folder deleted"), strict=True):
        checked = f"what was under way came to its end ({how}, {items} items)"
        rows.append(
            Row(NAME, size, done, checked, f"{seconds:.1f} s", f"≤ {BAR_SECONDS:.0f} s", seconds <= BAR_SECONDS)
        )
    return rows


async def _empty_in_mid_work(
    stage: Stage, updates: int, seed: int, empty: Callable[[Stage], Awaitable[None]]
) -> tuple[int, float]:
    """How many items were under way, and the seconds until the last of them was over."""
    goal = len(stage.witness.updates) + updates
    async with asyncio.TaskGroup() as group:
        group.create_task(play(stage, updates, per_second=PER_SECOND, seed=seed))
        await until(lambda: len(stage.witness.updates) >= goal - updates // 3)
        affected = under_way(stage)
        began = time.monotonic()
        await empty(stage)
        seconds = await _until_over(stage, affected, began)
    return len(affected), seconds


async def _until_over(stage: Stage, affected: Items, began: float) -> float:
    last = began
    while (left := affected & under_way(stage)) and time.monotonic() - began < BAR_SECONDS * 4:
        last = time.monotonic()
        affected = left
        await asyncio.sleep(LOOK_SECONDS)
    return last - began


def under_way(stage: Stage) -> Items:
    database = stage.database
    return frozenset((kind, int(row["id"])) for kind, query in PENDING.items() for row in database.rows(query))


async def flush_all(stage: Stage) -> None:
    client = Redis.from_url(stage.redis_url)
    try:
        await client.flushall()
    finally:
        await client.aclose()


async def lose_the_folder(stage: Stage) -> None:
    redis = stage.crew["redis"]
    deaths = len(redis.deaths)
    redis.hold_down()
    redis.kill()
    await redis.dead(deaths)
    folder = stage.settings.data_dir / "redis"
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    redis.let_up()
