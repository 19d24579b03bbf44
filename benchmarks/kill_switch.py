"""`make bench-kill`: from an administrator's order to the last token, in processes that learn of it by themselves.

Each process has its own connection to one database and as many streams as it is told, at 50 tokens a second, each an
entry of the ledger. The order is a row, written by this process, which runs no streams; the monotonic clock is the same
for all. The figure that counts is the latest token of any stream after the row was written.
"""

import argparse
import asyncio
import json
import multiprocessing as mp
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

from services.assistant.halts.watch_halts import WatchHalts
from services.calling.halt_watch import HaltWatch
from services.calling.ledger_entry import LedgerEntry
from services.domain.errand import Errand
from services.domain.errors import GenerationHalted
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_ledger import SqlLedger
from services.store.sql_store import SqlStore
from tests.fixtures_store import create_database
from tests.postgres_server import running_postgres

AIM_SECONDS = 2.0
TOKEN_SECONDS = 0.02
READY: list[float] = []
PATIENCE_SECONDS = 120.0
PROCESSES, STREAMS = 3, 20


async def tokens() -> AsyncGenerator[int, None]:
    number = 0
    while True:
        await asyncio.sleep(TOKEN_SECONDS)
        yield (number := number + 1)


async def one_stream(ledger: SqlLedger, flows: asyncio.Barrier) -> float:
    """When its last token came."""
    entry, last = LedgerEntry(ledger, Errand(CallContext("idea"), "bench", "none")), 0.0
    await entry.open()
    parts = tokens()
    try:
        async with aclosing(parts), aclosing(entry.each(parts)) as going:
            async for _ in going:
                if not last:
                    await flows.wait()
                last = time.monotonic()
    except GenerationHalted:
        await entry.settle(CallReport(CallOutcome.STOPPED, Usage(), 0, latency_ms=0))
    return last


async def streams_of_a_process(url: str, number: int, said: "Queue[list[float]]") -> list[float]:
    engine, halts = open_engine(url), HaltWatch()
    store = SqlStore(engine)
    ledger = SqlLedger(store, halts=halts)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(WatchHalts(store, halts)())
        flows = asyncio.Barrier(number + 1)
        streams = [group.create_task(one_stream(ledger, flows)) for _ in range(number)]
        await flows.wait()
        said.put(READY)
        await asyncio.wait(streams)
        watching.cancel()
    await engine.dispose()
    return [stream.result() for stream in streams]


def run_process(url: str, number: int, said: "Queue[list[float]]") -> None:
    said.put(asyncio.run(streams_of_a_process(url, number, said)))


async def order(url: str, *, halted: bool) -> float:
    engine = open_engine(url)
    async with SqlStore(engine).transaction() as tx:
        await (tx.halts.halt(0, None, datetime.now(UTC)) if halted else tx.halts.lift(0))
    written = time.monotonic()
    await engine.dispose()
    return written


def one_round(url: str) -> float:
    """Seconds from the row to the last token anywhere."""
    spawn = mp.get_context("spawn")
    said: Queue[list[float]] = spawn.Queue()
    processes = [spawn.Process(target=run_process, args=(url, STREAMS, said)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for _ in processes:
        said.get(timeout=PATIENCE_SECONDS)
    written = asyncio.run(order(url, halted=True))
    last = max(moment for _ in processes for moment in said.get(timeout=PATIENCE_SECONDS))
    for process in processes:
        process.join()
    asyncio.run(order(url, halted=False))
    return last - written


@contextmanager
def database(engine: str) -> Iterator[str]:
    if engine == "postgres":
        with running_postgres() as pattern:
            asyncio.run(create_database(pattern, "muza_kill"))
            yield pattern.format(database="muza_kill")
    else:
        with tempfile.TemporaryDirectory(prefix="muza-kill-") as folder:
            yield f"sqlite+aiosqlite:///{Path(folder) / 'muza.db'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found: dict[str, list[float]] = {}
    for engine in ("sqlite", "postgres"):
        with database(engine) as url:
            asyncio.run(upgrade_schema(url))
            found[engine] = [round(one_round(url), 3) for _ in range(chosen.rounds)]
    if chosen.json:
        print(json.dumps({"streams": PROCESSES * STREAMS, "processes": PROCESSES, "seconds": found}))
    else:
        for engine, seconds in found.items():
            print(f"{engine}: {PROCESSES} processes × {STREAMS} streams, last token after {seconds} s")
    return int(max(max(seconds) for seconds in found.values()) > AIM_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
