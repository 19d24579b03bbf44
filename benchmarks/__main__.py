"""`make bench`: start, latency, memory and concurrency of the whole product, as a table with the aims beside."""

import argparse
import asyncio
import json
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from aiogram.types import Message

from benchmarks.stand import Stand, stand
from tests.emulators.telegram.waiting import text_of

SEQUENTIAL = 60
CONCURRENT = 50
SLOW_MODEL_SECONDS = 5.0
CROWD_SECONDS = 8.0
REST_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    aim: float | None = None
    """At most."""

    @property
    def met(self) -> bool | None:
        return None if self.aim is None else self.value <= self.aim


async def start_and_latency(embedding_model: str, label: str, aim_ms: float, log: Path | None) -> list[Figure]:
    async with stand(CONCURRENT + 1, embedding_model=embedding_model, log=log) as house:
        await first_answer(house)
        started = time.monotonic() - house.started_at
        await ready(house, embedding_model)
        alone = [await one_idea(house, n) for n in range(SEQUENTIAL)]
        together = await many_ideas(house)
        memory = resident_megabytes(house)
    return [
        Figure(f"{label}: `muza run` to the first answered command", round(started, 2), "s", 6.0),
        *latency(f"{label}: update → model's first request, 1 chat", alone, aim_ms),
        *latency(f"{label}: the same, {CONCURRENT} chats at once", together, None),
        Figure(f"{label}: resident memory, bot", memory["polling"], "MB", 250),
        Figure(f"{label}: resident memory, all processes", sum(memory.values()), "MB"),
        *(Figure(f"{label}: · {name}", size, "MB") for name, size in memory.items() if name != "polling"),
    ]


async def many_at_a_slow_model(log: Path | None) -> list[Figure]:
    async with stand(CONCURRENT, answer_seconds=SLOW_MODEL_SECONDS, log=log) as house:
        await first_answer(house)
        await ready(house, "none")
        began = time.monotonic()
        briefs = [await person.says("/idea a slogan for a quiet evening") for person in house.people]
        waits = await asyncio.gather(*(final(house, n, brief.message_id, began) for n, brief in enumerate(briefs)))
    return [
        Figure(
            f"{CONCURRENT} /idea at once, model takes {SLOW_MODEL_SECONDS:.0f} s: all answered", max(waits), "s", 8.0
        ),
        Figure("· the median answer", statistics.median(waits), "s"),
    ]


async def first_answer(house: Stand) -> None:
    person = house.people[-1]
    await person.says("/help")
    await person.sees(lambda message: True, timeout=60)


async def ready(house: Stand, embedding_model: str) -> None:
    """The brand is ingested by the worker, and vectors are there when a model was asked for."""
    person = house.people[-1]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        before = await person.says("/ask how much is a can of Bedtime Story?")
        answer = await person.sees(is_answer, after=before, timeout=60)
        if "Sources" in text_of(answer) and (embedding_model == "none" or await house.is_embedded(embedding_model)):
            return
        await asyncio.sleep(1)
    raise TimeoutError("the product did not get ready")


def is_answer(message: Message) -> bool:
    return "Sources" in text_of(message) or "knowledge base has no answer" in text_of(message)


async def one_idea(house: Stand, number: int) -> float:
    """Milliseconds, of a house that has come to rest: the last answer's final writes are done."""
    await asyncio.sleep(REST_SECONDS)
    person = house.people[0]
    mark = f"bench-{number:04d}"
    available = time.monotonic()
    brief = await person.says(f"/idea a slogan for a quiet evening {mark}")
    arrived = await asked(house, mark)
    await final(house, 0, brief.message_id, available)
    return (arrived - available) * 1000


async def many_ideas(house: Stand) -> list[float]:
    available = {}
    for number, person in enumerate(house.people[:CONCURRENT]):
        mark = f"crowd-{number:04d}"
        available[mark] = time.monotonic()
        await person.says(f"/idea a slogan for a quiet evening {mark}")
    await asyncio.sleep(CROWD_SECONDS)  # looking for the requests meanwhile would take their processor
    arrivals = [await asked(house, mark) for mark in available]
    return [(arrived - moment) * 1000 for arrived, moment in zip(arrivals, available.values(), strict=True)]


async def asked(house: Stand, mark: str) -> float:
    """When the model's server got the request that carries `mark`: its own stamp, so looking seldom costs nothing."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for call in reversed(tuple(house.model.meter.calls)):
            if mark in str(call.body.get("messages")):
                return call.arrived
        await asyncio.sleep(0.05)
    raise TimeoutError(f"no request with {mark}")


async def final(house: Stand, number: int, brief_id: int, began: float) -> float:
    """Seconds until the final with its buttons stands below the brief."""

    def is_final(message: Message) -> bool:
        replied, markup = message.reply_to_message, message.reply_markup
        return bool(replied and replied.message_id == brief_id and markup and len(markup.inline_keyboard) > 1)

    await house.people[number].sees(is_final, timeout=90)
    return round(time.monotonic() - began, 2)


def resident_megabytes(house: Stand) -> dict[str, float]:
    return {name: round(p.memory_info().rss / 1e6, 1) for name, p in house.processes().items()}


def latency(name: str, milliseconds: list[float], aim: float | None) -> list[Figure]:
    ordered = sorted(milliseconds)
    p99 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
    return [
        Figure(f"{name}, p50", round(statistics.median(ordered), 1), "ms", aim),
        Figure(f"{name}, p99", round(p99, 1), "ms"),
    ]


async def measure(options: argparse.Namespace) -> list[Figure]:
    figures = await start_and_latency("none", "keyword", 30.0, options.log)
    if not options.quick:
        figures += await start_and_latency("bundled", "bundled model", 45.0, options.log)
    return figures + await many_at_a_slow_model(options.log)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="without the bundled model")
    parser.add_argument("--log", type=Path, help="where the product's log goes")
    options = parser.parse_args()
    figures = asyncio.run(measure(options))
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=2))
        return
    print(f"{platform.processor() or platform.machine()}, Python {sys.version.split()[0]}\n")
    for figure in figures:
        verdict = {None: " ", True: "✓", False: "✗"}[figure.met]
        aim = f"(aim ≤ {figure.aim:g})" if figure.aim is not None else ""
        print(f"{verdict} {figure.name:<62} {figure.value:>9g} {figure.unit} {aim}")


if __name__ == "__main__":
    main()
