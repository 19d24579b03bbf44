"""`make bench-savings`: a week of a team through the assistant three times: by the smart model without caches, as Muza
is delivered, and with every saving that an administrator can turn on (the fast model tries first, drafts are kept for
a week). Told by the ledger: the ratios, where they come from, and which answers differ (with both texts, in files).

The emulated provider charges like OpenAI for gpt-4.1 and gpt-4.1-mini, prefix cache included, and forgets by the week's
own clock. Its writer has one hand for all models: what another model would have written better or worse is not told.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from loguru import logger

from benchmarks.savings.books import Week, read_books
from benchmarks.savings.report import AIM, compare, differing
from benchmarks.savings.team import busy_team
from benchmarks.savings.workload import Request, read_workload
from services.domain.routing import RoleChoice, RolePlan, TaskClass

SMART_ONLY = {
    "model_roles": RolePlan(dict.fromkeys(TaskClass, RoleChoice.SMART)),
    "cache_hours": 0,
    "semantic_cache": "off",
    "history_tokens": 1_000_000,
}


EVERY_SAVING = {
    "model_roles": RolePlan(dict.fromkeys((TaskClass.IDEA, TaskClass.REFINE, TaskClass.ASK), RoleChoice.FAST_FIRST)),
    "cache_hours": 7 * 24,
}


async def week(requests: list[Request], embedding: str, **settings: object) -> Week:
    with tempfile.TemporaryDirectory(prefix="muza-bench-") as folder:
        async with busy_team(Path(folder), embedding, **settings) as team:
            await team.work(requests)
            return await read_books(team)


async def measure(requests: list[Request], embedding: str) -> tuple[Week, dict[str, Week]]:
    plain = await week(requests, "none", **SMART_ONLY)
    return plain, {
        "as_delivered": await week(requests, embedding),
        "every_saving": await week(requests, embedding, **EVERY_SAVING),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.savings", description=__doc__)
    parser.add_argument("--requests", type=int, help="only the first so many")
    parser.add_argument("--embedding", default="bundled", help="model of the semantic cache: bundled, or none")
    parser.add_argument("--output", type=Path, default=Path("build/savings.json"))
    options = parser.parse_args()
    logger.remove()
    requests = read_workload()[: options.requests]
    began = time.monotonic()
    plain, savings = asyncio.run(measure(requests, options.embedding))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    told = {name: told_of(name, requests, plain, saving, options.output) for name, saving in savings.items()}
    whole = {**told, "seconds": round(time.monotonic() - began, 1)}
    options.output.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(whole, ensure_ascii=False, indent=2))
    for name, one in told.items():
        print(f"{name}: ratio {one['ratio']} (aim ≥ {AIM:g}, with every saving)")
    raise SystemExit(0 if all(all(one["ledger_is_the_meter"]) for one in told.values()) else 1)


def told_of(name: str, requests: list[Request], plain: Week, saving: Week, output: Path) -> dict[str, Any]:
    told = compare(requests, plain, saving)
    answers = differing(requests, plain, saving)
    told["answers_that_differ"] = {
        "all": len(answers),
        "by_model": sum(one["other_model"] for one in answers),
        "by_text": sum(one["other_text"] for one in answers),
        "requests": [one["request"] for one in answers],
    }
    both = output.with_name(f"{output.stem}-{name}.jsonl")
    both.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in answers), encoding="utf-8")
    return told


if __name__ == "__main__":
    main()
