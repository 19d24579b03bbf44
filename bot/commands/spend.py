"""`muza spend`: the ledger added up."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bot.commands.search import refuse
from bot.settings import Settings
from services.domain.errors import InputError
from services.domain.spending import GroupSpent, SpendingFilter, SpendingGroup, Spent
from services.store.engine import open_engine
from services.store.ports import Store
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore

_DAYS_AGO = re.compile(r"(\d{1,4})d")
_SOMEBODY_ELSE = {
    SpendingGroup.PERSON: "nobody in particular",
    SpendingGroup.PROJECT: "no project",
    SpendingGroup.CHAT: "no chat",
    SpendingGroup.PROMPT: "no prompt",
}


@dataclass(frozen=True, slots=True)
class SpendReport:
    since: date | None
    group: SpendingGroup
    totals: Spent
    by: tuple[GroupSpent, ...]


async def spend(settings: Settings, *, since: str | None, by: SpendingGroup, as_json: bool) -> int:
    """Exit code: 0; 2 when `since` is no day. Raises StoreUnavailable."""
    try:
        day = first_day(since, datetime.now(ZoneInfo(settings.timezone)).date())
    except InputError as error:
        return refuse(error, 2)
    async with _opened(settings) as store:
        report = await report_of(store, day, by)
    show(report, Console(), as_json_text=as_json)
    return 0


def first_day(since: str | None, today: date) -> date | None:
    """Of "2026-03-01", or "7d": today and the six days before it. Raises InputError."""
    if since is None:
        return None
    if ago := _DAYS_AGO.fullmatch(since.strip()):
        return today - timedelta(days=max(int(ago[1]) - 1, 0))
    try:
        return date.fromisoformat(since.strip())
    except ValueError:
        raise InputError(f"{since!r} is no day: write 2026-03-01, or 7d for the last seven days") from None


async def report_of(store: Store, since: date | None, by: SpendingGroup) -> SpendReport:
    which = SpendingFilter(since=since)
    async with store.reading() as tx:
        return SpendReport(since, by, await tx.spending.totals(which), tuple(await tx.spending.by(by, which)))


def to_json(report: SpendReport) -> dict[str, Any]:
    return {
        "since": report.since.isoformat() if report.since else None,
        **asdict(report.totals),
        "group": report.group.value,
        "by": [{"key": one.key, "name": one.name, **asdict(one.spent)} for one in report.by],
    }


def show(report: SpendReport, console: Console, *, as_json_text: bool) -> None:
    if as_json_text:
        console.file.write(json.dumps(to_json(report), ensure_ascii=False) + "\n")
        return
    table = Table(report.group.value.capitalize(), "Calls", "Tokens in", "cached", "out", "Cost, $", "Of unknown price")
    for column in table.columns[1:]:
        column.justify = "right"
    nobody = _SOMEBODY_ELSE.get(report.group, "-")
    for one in report.by:
        table.add_row(one.name or nobody, *_cells(one.spent))
    table.add_section()
    table.add_row("Total", *_cells(report.totals), style="bold")
    console.print(table, markup=False)
    if report.totals.unknown_price_calls:
        console.print("Costs of unknown price are left out of $; PRICES_FILE can name their prices.", markup=False)


def _cells(spent: Spent) -> tuple[str, ...]:
    counts = (spent.calls, spent.tokens_in, spent.tokens_cached, spent.tokens_out)
    return (*(f"{count:,}" for count in counts), f"{spent.cost_microusd / 1e6:,.4f}", f"{spent.unknown_price_calls:,}")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    """The database alone: nothing else has to run for this."""
    await upgrade_schema(settings.sql_url)
    engine = open_engine(settings.sql_url)
    try:
        yield SqlStore(engine)
    finally:
        await engine.dispose()
