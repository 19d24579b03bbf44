"""`python -m benchmarks.ledger`: does the ledger say what the provider's meter says?

A thousand requests of every kind over the emulated provider, with cut streams, repairs, retries, stops, drafts out of
the cache and calls whose process died (`tests/ledger/`). Each row of the ledger stands beside the provider's requests
of the same name: lines with the provider's own count must agree to the micro-dollar, estimated ones within 2 % of their
sum, a hit of the cache saves what its draft had cost there, and nothing may cost more than was reserved for it.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from loguru import logger

from services.store.schema import upgrade_schema
from tests.ledger.rehearsal import Outcome, rehearse

REQUESTS = 1_000
AIM = 0.02


async def measure(requests: int, seed: int) -> tuple[Outcome, float]:
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite+aiosqlite:///{Path(name) / 'muza.db'}"
        await upgrade_schema(url)
        began = time.monotonic()
        return await rehearse(url, Path(name), requests=requests, seed=seed), time.monotonic() - began


def report(outcome: Outcome, seconds: float) -> dict[str, Any]:
    books = outcome.books
    return {
        "requests": outcome.made.total(),
        "by_kind": dict(sorted(outcome.made.items())),
        "calls_in_ledger": len(books.lines),
        "by_outcome": dict(sorted(Counter(line.outcome for line in books.lines).items())),
        "ledger_microusd": books.ours_microusd,
        "meter_microusd": books.theirs_microusd,
        "exact_lines": len(books.lines) - len(books.estimated),
        "exact_lines_off": len(books.wrong),
        "estimated_lines": len(books.estimated),
        "estimates_off_percent": round(100 * books.estimates_off, 3),
        "requests_without_a_line": len(books.unknown_requests),
        "dearer_than_reserved": len(books.beyond_reserve),
        "from_cache": len(books.from_cache),
        "saved_microusd": outcome.spent.saved_microusd,
        "savings_off": len(books.wrong_savings),
        "team_account_microusd": outcome.account.spent_microusd,
        "still_reserved_microusd": outcome.account.reserved_microusd,
        "added_up_microusd": outcome.spent.cost_microusd,
        "seconds": round(seconds, 1),
    }


def is_right(told: dict[str, Any]) -> bool:
    sums = {told["ledger_microusd"], told["team_account_microusd"], told["added_up_microusd"]}
    nothing = (
        *("exact_lines_off", "requests_without_a_line", "dearer_than_reserved", "savings_off"),
        "still_reserved_microusd",
    )
    return len(sums) == 1 and not any(told[name] for name in nothing) and told["estimates_off_percent"] <= 100 * AIM


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path("build/ledger.json"))
    options = parser.parse_args()
    logger.remove()
    told = report(*asyncio.run(measure(options.requests, options.seed)))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=2))
    raise SystemExit(0 if is_right(told) else 1)


if __name__ == "__main__":
    main()
