"""`python -m tests.durability`: the full form of every scenario, one report."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from loguru import logger

from tests.durability.report import Row, as_json, as_text
from tests.durability.scenarios import failpoints, leases, lost_answers, random_kills, redis_emptied
from tests.durability.scenarios.terms import Terms

Scenario = Callable[[Terms], Awaitable[list[Row]]]
SCENARIOS: dict[str, Scenario] = {
    "kills": random_kills.run,
    "failpoints": failpoints.run,
    "lost-answers": lost_answers.run,
    "redis-emptied": redis_emptied.run,
    "overlaps": leases.overlaps,
    "takeover": leases.takeover,
}


def main() -> int:
    options = _options()
    logger.remove()  # some scenarios run parts of the product in this process: their log is not the report
    began = time.monotonic()
    rows = asyncio.run(_run(options.only or list(SCENARIOS), Terms(options.scale, options.seed, options.keep)))
    facts = {"seed": options.seed, "scale": options.scale, "seconds": time.monotonic() - began}
    sys.stdout.write(as_text(rows, **facts))
    if options.json is not None:
        options.json.write_text(as_json(rows, **facts), encoding="utf-8")
    return 0 if all(row.ok for row in rows) else 1


async def _run(names: list[str], terms: Terms) -> list[Row]:
    """A scenario that breaks down is a bar missed; the others are still played."""
    rows: list[Row] = []
    for name in names:
        sys.stderr.write(f"{name}…\n")
        try:
            rows += await SCENARIOS[name](replace(terms, keep=terms.keep / name if terms.keep else None))
        except Exception as error:  # noqa: BLE001 - whatever broke is a line of the report
            rows.append(Row(name, "", "", "came to its end", _reason(error), "yes", ok=False))
    return rows


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.durability", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", choices=list(SCENARIOS), help=", ".join(SCENARIOS))
    parser.add_argument("--scale", type=float, default=1.0, help="of all sizes and numbers of kills")
    parser.add_argument("--seed", type=int, default=1, help="the same seed acts and kills at the same points")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the report for programs")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave data, logs and what was seen there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
