"""`python -m benchmarks.budgets`: can a limit be passed, and how long do the dead hold money?

Random histories of calls on SQLite and PostgreSQL (`tests/contract/money_history.py`): at no moment did an account take
more than it may; in the end nothing is reserved, and each has spent exactly what its calls were counted for. Then real
bot processes are killed with kill -9 between reserve and settle, and the seconds until their money is free again are
measured, by who comes after them (`tests/durability/budget_kills.py`).
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path

from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.contract.money_history import History, World, play
from tests.durability.budget_kills import Heir, Release, measure_releases
from tests.fixtures_store import create_database
from tests.postgres_server import running_postgres
from tests.store_rows import a_member, a_project

AIM_SECONDS = 60.0
DATABASE = "muza_budgets"


@asynccontextmanager
async def world_at(url: str) -> AsyncIterator[World]:
    await upgrade_schema(url)
    engine = open_engine(url)
    store = SqlStore(engine)
    members = tuple([(await a_member(store)).id for _ in range(3)])
    projects = tuple([(await a_project(store)).id for _ in range(2)])
    yield World(engine, store, members, projects)
    await engine.dispose()


@contextmanager
def databases(engine: str) -> Iterator[str]:
    if engine == "postgres":
        with running_postgres() as pattern:
            asyncio.run(create_database(pattern, DATABASE))
            yield pattern.format(database=DATABASE)
    else:
        with tempfile.TemporaryDirectory(prefix="muza-budgets-") as folder:
            yield f"sqlite+aiosqlite:///{Path(folder) / 'muza.db'}"


async def histories(url: str, first: int, number: int) -> History:
    history = History()
    async with world_at(url) as world:
        for seed in range(first, first + number):
            await play(world, seed, history)
            if seed % 500 == 499:
                print(f"{seed + 1 - first} histories", history, file=sys.stderr, flush=True)
    return history


def show(engine: str, number: int, history: History, seconds: float) -> None:
    figures = {"engine": engine, "histories": number, "seconds": round(seconds, 1), **asdict(history)}
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def show_releases(what: str, releases: list[Release]) -> None:
    spans = sorted(release.seconds for release in releases)
    figures = {
        "released after": what,
        "kills": len(spans),
        "median_s": round(statistics.median(spans), 1),
        "longest_s": round(spans[-1], 1),
        "aim_s": AIM_SECONDS,
        "held_microusd": [release.held_microusd for release in releases],
    }
    print(json.dumps(figures), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=5000, help="on each engine")
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--kills", type=int, default=10, help="of each kind")
    parser.add_argument(
        "--heirs", default=",".join(heir.name.lower() for heir in Heir), help="who comes after the dead"
    )
    options = parser.parse_args()
    failed = False
    for engine in filter(None, options.engines.split(",")):
        with databases(engine) as url:
            began = time.monotonic()
            history = asyncio.run(histories(url, options.first_seed, options.histories))
        show(engine, options.histories, history, time.monotonic() - began)
        failed |= bool(history.problems)
    for heir in [Heir[name.upper()] for name in options.heirs.split(",")] if options.kills else ():
        releases = asyncio.run(measure_releases(options.kills, heir))
        show_releases(heir.value, releases)
        failed |= any(release.seconds > AIM_SECONDS for release in releases)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
