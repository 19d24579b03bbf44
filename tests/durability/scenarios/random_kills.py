"""Everything is killed at random moments of a busy day."""

import asyncio
from functools import partial

from tests.durability.evidence import collect
from tests.durability.killer import Killer
from tests.durability.knowledge_check import knowledge_row, write_page
from tests.durability.quiet import quiet_end
from tests.durability.report import Row
from tests.durability.scenarios.terms import Terms
from tests.durability.stage import Play, Stage, open_stage
from tests.durability.traffic import play
from tests.durability.verdicts import common_rows
from tests.durability.waiting import until

NAME = "random kills"
UPDATES = 10_000
KILLS = {"bot": 20, "delivery": 20, "heavy": 10, "redis": 20, "chroma": 20}
PER_SECOND = 20.0
"""Actions of the crowd: what they bring about needs most of the 30 calls a second that Telegram takes."""
WRITERS, GROUPS = 60, 8
PAGES = 20


async def run(terms: Terms) -> list[Row]:
    """The first half by polling, the second by webhook, in one life of the data."""
    updates = terms.times(UPDATES, 60)
    kills = {name: terms.times(times, 1) for name, times in KILLS.items()}
    crowd = (WRITERS, GROUPS) if terms.is_full else (12, 2)
    async with open_stage(Play(terms.seed, *crowd, keep_at=terms.keep)) as stage:
        killer = await _act(stage, updates, kills, terms.seed, PER_SECOND if terms.is_full else PER_SECOND / 2)
        calm_after = await quiet_end(stage)
        evidence = collect(stage)
        size = f"{len(evidence.arrivals)} updates"
        knowledge = await knowledge_row(stage, NAME, size, str(killer))
    return [
        *common_rows(NAME, size, str(killer), evidence),
        knowledge,
        Row(
            NAME, size, str(killer), "quiet after the last update", f"{calm_after:.0f} s", "≤ 300 s", calm_after <= 300
        ),
    ]


async def _act(stage: Stage, updates: int, kills: dict[str, int], seed: int, per_second: float) -> Killer:
    witness = stage.witness
    killer = Killer(stage, lambda: len(witness.updates) / updates, seed)
    async with asyncio.TaskGroup() as group:
        group.create_task(killer.hunt(kills))
        group.create_task(_write_pages(stage, killer))
        await play(stage, updates // 2, per_second=per_second, seed=seed)
        stage.use("webhooks")
        stage.crew["bot"].kill()
        await play(stage, updates - updates // 2, per_second=per_second, seed=seed + 1)
    return killer


async def _write_pages(stage: Stage, killer: Killer) -> None:
    """So that the workers of the knowledge have something to be killed at."""
    for number in range(PAGES):
        await until(partial(killer.is_past, number / PAGES))
        write_page(stage, f"page-{number}")
