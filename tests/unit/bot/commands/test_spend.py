"""`muza spend`: the keys that scripts read, and the table that people read."""

import asyncio
import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from bot.commands.spend import first_day, report_of, show, to_json
from services.domain.errand import Errand
from services.domain.errors import InputError
from services.domain.spending import SpendingGroup
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from services.store.schema import upgrade_schema
from tests.fixtures_store import opened
from tests.store_rows import a_member

MONDAY = date(2026, 3, 2)
ROOT = Path(__file__).parents[4]


async def spent(store: Store, cost: int | None, model: str, day: date = MONDAY) -> str:
    member = await a_member(store)
    async with store.transaction() as tx:
        call = await tx.calls.start(Errand(CallContext("idea", member_id=member.id), "openai", model), day)
        usage = Usage(100, 40, 20)
        await tx.calls.finish(call, CallReport(CallOutcome.OK, usage, cost, latency_ms=9, assumed_microusd=77))
    return member.name


def shown(report: object, *, as_json: bool = False) -> str:
    console = Console(file=io.StringIO(), width=120)
    show(report, console, as_json_text=as_json)  # type: ignore[arg-type]
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


async def test_the_json_has_the_keys_that_were_promised(store: Store) -> None:
    await spent(store, 1_500, "gpt-4.1")
    await spent(store, None, "unheard-of")
    told = json.loads(shown(await report_of(store, None, SpendingGroup.MODEL), as_json=True))
    assert {name: told[name] for name in ("calls", "tokens_in", "tokens_cached", "tokens_out")} == {
        "calls": 2,
        "tokens_in": 200,
        "tokens_cached": 80,
        "tokens_out": 40,
    }
    assert (told["cost_microusd"], told["unknown_price_calls"]) == (1_500, 1)
    assert [(one["key"], one["cost_microusd"], one["unknown_price_calls"]) for one in told["by"]] == [
        ("openai/gpt-4.1", 1_500, 0),
        ("openai/unheard-of", 0, 1),
    ]


async def test_days_before_are_left_out(store: Store) -> None:
    await spent(store, 5, "gpt-4.1", date(2026, 3, 1))
    await spent(store, 7, "gpt-4.1", MONDAY)
    report = await report_of(store, MONDAY, SpendingGroup.DAY)
    assert to_json(report)["cost_microusd"] == 7
    assert [one.key for one in report.by] == ["2026-03-02"]


async def test_the_table_names_people_and_says_what_has_no_price(store: Store) -> None:
    name = await spent(store, None, "unheard-of")
    text = shown(await report_of(store, None, SpendingGroup.PERSON))
    assert name in text
    assert "PRICES_FILE" in text
    assert "PRICES_FILE" not in shown(await report_of(store, date(2030, 1, 1), SpendingGroup.PERSON))


def test_since_is_a_day_or_so_many_days() -> None:
    assert first_day(None, MONDAY) is None
    assert first_day("2026-02-27", MONDAY) == date(2026, 2, 27)
    assert first_day("1d", MONDAY) == MONDAY
    assert first_day("7d", MONDAY) == date(2026, 2, 24)
    with pytest.raises(InputError, match="is no day"):
        first_day("yesterday", MONDAY)


async def test_the_command_needs_nothing_but_the_database(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'muza.db'}"
    await upgrade_schema(url)
    async with opened(url) as store:
        await spent(store, 1_500, "gpt-4.1")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path), "DATABASE_URL": url}
    command = [sys.executable, "-m", "bot", "spend", "--json", "--by", "task", "--since", "2026-03-01"]
    ended = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["calls"], told["cost_microusd"], told["by"][0]["key"]) == (1, 1_500, "idea")
