"""Random kills in their small form, with the bars of the report. In full, with failpoints: `make durability`."""

from tests.durability.report import as_text
from tests.durability.scenarios import random_kills
from tests.durability.scenarios.terms import Terms

SMALL = Terms(scale=0.001)


async def test_every_bar_is_met() -> None:
    rows = await random_kills.run(SMALL)
    assert rows
    assert all(row.ok for row in rows), as_text(rows, scale=SMALL.scale, seed=SMALL.seed, seconds=0.0)
