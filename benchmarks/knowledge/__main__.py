"""`python -m benchmarks.knowledge`: 100,000 passages written, opened and searched, with SQLite, tantivy and Chroma.

No model: passages and questions bring vectors, so what is measured is everything but the embedding of the question.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.knowledge.base import Plan, build, chroma, disk_megabytes
from benchmarks.knowledge.measuring import RUNS, WARM_UP, Task
from benchmarks.knowledge.questions import prepare

AIM_P95_MS = 15.0


async def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    plan = Plan(options.passages, options.characters, options.seed, tuple(map(str, options.docs)))
    built = await build(folder, plan)
    questions = folder / "questions.jsonl"
    await asyncio.to_thread(prepare, plan, WARM_UP + RUNS * options.times, questions)
    async with chroma(folder) as server:
        measured = await _measured(Task(str(folder), str(questions), server.url, server.pid, options.times))
    return {**built, "chroma_ready_s": round(server.ready_seconds, 2), "disk_mb": disk_megabytes(folder), **measured}


async def _measured(task: Task) -> dict[str, Any]:
    """In a process of its own, whose memory holds what a bot's would."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.knowledge.measuring", json.dumps(asdict(task)), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    facts: dict[str, Any] = json.loads(output)
    return facts


def show(facts: dict[str, Any]) -> None:
    plan, seconds, memory = facts["plan"], facts["seconds"], facts["memory"]
    print(f"{plan['passages']:,} passages of about {plan['characters']:,} characters, Russian and English")
    print("written: " + ", ".join(f"{name} {took:.0f} s" for name, took in seconds.items()))
    print(f"opened again: Chroma {facts['chroma_ready_s']} s, keyword replica and store {facts['reopen_s']} s")
    print("disk: " + ", ".join(f"{name} {size:.0f} MB" for name, size in facts["disk_mb"].items()))
    print(f"memory: process {memory['bot_before_mb']:.0f} MB before and {memory['bot_mb']:.0f} MB after,", end=" ")
    print(f"Chroma {memory['chroma_before_mb']:.0f} and {memory['chroma_mb']:.0f} MB")
    for name in ("hybrid", "keyword", "dense", "tantivy", "chroma"):
        print(_line(name, facts[name]))
    print(f"SQL a search: {json.dumps(facts['sql'])}")
    print(f"true nearest among the first 10 of the dense leg: {facts['nearest_found']:.1%}")
    p95 = facts["hybrid"]["p95"]
    print(f"{'✓' if p95 <= AIM_P95_MS else '✗'} hybrid p95 {p95:.1f} ms (aim ≤ {AIM_P95_MS:g})")


def _line(name: str, figures: dict[str, float]) -> str:
    times = "  ".join(f"{one} {figures[one]:6.2f}" for one in ("p50", "p95", "p99"))
    rest = "  ".join(f"{one} {value:g}" for one, value in figures.items() if not one.startswith("p"))
    return f"  {name:<8} {times} ms  {rest}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge", description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--characters", type=int, default=1_500, help="mean length of a passage")
    parser.add_argument("--docs", type=Path, action="append", default=[], metavar="FOLDER", help="more texts")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the base there, and use it next time")
    parser.add_argument("--times", type=int, default=500, help="searches a run")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="muza-scale-") as temporary:
        facts = asyncio.run(run(options, (options.keep or Path(temporary) / "base").absolute()))
    if options.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        show(facts)


if __name__ == "__main__":
    main()
