"""Kills and failpoints in their small form, with the bars of the report. Everything, in full: `make durability`."""

from collections.abc import Awaitable, Callable

import pytest

from tests.durability.report import Row, as_text
from tests.durability.scenarios import failpoints, random_kills
from tests.durability.scenarios.terms import Terms

SMALL = Terms(scale=0.001)
Scenario = Callable[[Terms], Awaitable[list[Row]]]


@pytest.mark.parametrize("scenario", [random_kills.run, failpoints.run], ids=["kills", "failpoints"])
async def test_every_bar_is_met(scenario: Scenario) -> None:
    rows = await scenario(SMALL)
    assert rows
    assert all(row.ok for row in rows), as_text(rows, scale=SMALL.scale, seed=SMALL.seed, seconds=0.0)
