"""`make bench-spending`: /spend over a million calls, from the press to the picture, on SQLite and on PostgreSQL.

The ledger is filled by the engine itself: 40 people, 4 projects, 5 models, 5 tasks, 3 prompts, 400,000 briefs, 90 days.
"""

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from handlers.i18n import Catalogues
from handlers.views.spending import spending_caption
from handlers.views.spending_chart import spending_chart
from services.assistant.report_spending import ReportSpending
from services.charts.child_painter import ChildChartPainter
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.domain.spending import SpendingGroup
from services.domain.spending_days import SpendingPeriod
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.postgres_server import PostgresMissing, running_postgres

CALLS, DAYS, PEOPLE, BRIEFS = 1_000_000, 90, 40, 400_000
TODAY = datetime(2026, 3, 31, 12, tzinfo=UTC)
AIM_SECONDS = 1.0
TIMES = 5

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, {last}))",
}
_DAY = {
    "sqlite": "date('2026-03-31', '-' || (i % {days}) || ' days')",
    "postgresql": "DATE '2026-03-31' - (i % {days})",
}
_CALLS = """
INSERT INTO model_calls (task, member_id, provider, model, prompt_name, prompt_version, outcome, tokens_in, tokens_out,
 usage_estimated, cost_microusd, counted_microusd, budget_day, started_at)
{numbers} SELECT 'task' || (i / 90 % 5), 1 + i / 450 % {people}, 'openai', 'model-' || (i / 18000 % 3 * (i % 3)),
 'idea', i / 97 % 3, 'ok', 900, 300, {no},
 100 + i % 9000 * (1 + i % 7), 100 + i % 9000 * (1 + i % 7), {day}, {now} FROM n
"""
_DAYS = """
INSERT INTO spent_days (day, member_id, project_id, chat_id, provider, model, task, prompt,
 calls, tokens_in, tokens_out, cost_microusd, counted_microusd)
SELECT budget_day, member_id, 1 + member_id % 4, -(member_id % 8), provider, model, task,
 prompt_name || '@' || prompt_version, count(*), sum(tokens_in), sum(tokens_out), sum(cost_microusd), sum(cost_microusd)
FROM model_calls GROUP BY budget_day, member_id, provider, model, task, prompt_name, prompt_version
"""
_REQUESTS = """
INSERT INTO spent_requests (day, brief_id, recording_id, member_id, project_id, chat_id, counted_microusd)
{numbers} SELECT {day}, i + 1, 0, 1 + i / 7 % {people}, 1, -1, 100 + i % 90001 FROM n
"""


async def fill(store: SqlStore, url: str) -> None:
    async with store.transaction() as tx:
        for number in range(PEOPLE):
            role = Role.MEMBER if number else Role.ADMIN
            await tx.members.add(9_000 + number, f"Person {number}", None, role=role, status=MemberStatus.ACTIVE)
    engine = open_engine(url)
    kind = engine.dialect.name
    day = _DAY[kind].format(days=DAYS)
    facts = {"day": day, "people": PEOPLE, "no": "false", "now": "CURRENT_TIMESTAMP"}
    async with engine.begin() as connection:
        numbers = _NUMBERS[kind]
        await connection.execute(text(_CALLS.format(numbers=numbers.format(last=CALLS - 1), **facts)))
        await connection.execute(text(_DAYS))
        await connection.execute(text(_REQUESTS.format(numbers=numbers.format(last=BRIEFS - 1), **facts)))
    await engine.dispose()


async def measure(url: str, folder: Path, into: Path | None) -> None:
    await upgrade_schema(url)
    engine = open_engine(url)
    store, painter = SqlStore(engine), ChildChartPainter(folder / "charts")
    began = time.monotonic()
    await fill(store, url)
    async with store.reading() as tx:
        admin = await tx.members.get(1)
        calls = (await tx.calls.totals()).calls
    assert admin is not None
    print(f"{engine.dialect.name}: {calls:,} calls written in {time.monotonic() - began:.0f} s")
    forget_peak()
    before = peak_megabytes()
    desk = Desk(ReportSpending(store, ManualClock(TODAY), UTC, get_ready=painter.warm_up), painter, admin, into)
    await desk.show(SpendingPeriod.TODAY, SpendingGroup.MODEL, "  after a new start:", 1)
    await painter.aclose()
    await desk.show(SpendingPeriod.THIRTY, SpendingGroup.MODEL, "  the child not there:", 1)
    for period in SpendingPeriod:
        for group in (SpendingGroup.MODEL, SpendingGroup.PERSON, SpendingGroup.PROMPT):
            await desk.show(period, group, f"  {period.value:>4} {group.value:<7}", TIMES)
    print(f"  memory: the child that draws {peak_megabytes(painter.pid):.0f} MB at most, this process", end=" ")
    print(f"{before:.0f} MB before and {peak_megabytes():.0f} MB at most")
    await painter.aclose()
    await engine.dispose()


@dataclass(frozen=True, slots=True)
class Desk:
    """From the press to the picture."""

    report_spending: ReportSpending
    painter: ChildChartPainter
    admin: Member
    into: Path | None

    async def show(self, period: SpendingPeriod, group: SpendingGroup, name: str, times: int) -> None:
        asked: list[float] = []
        drawn: list[float] = []
        catalogues = Catalogues(Language.RUSSIAN)
        worked = cpu_seconds(self.painter.pid)
        for number in range(times):
            start = time.monotonic()
            report = await self.report_spending(self.admin, period, group)
            asked.append(time.monotonic() - start)
            language = list(Language)[number % 2]
            texts = catalogues.texts(language)
            spending_caption(report, texts)
            png = await self.painter(spending_chart(report, texts, dark=number % 2 == 0))
            drawn.append(time.monotonic() - start)
            if self.into is not None:
                (self.into / f"{period.value}-{group.value}-{language.value}.png").write_bytes(png)
        whole = statistics.median(drawn)
        work = (cpu_seconds(self.painter.pid) - worked) / times
        verdict = "ok" if whole <= AIM_SECONDS else "OVER"
        print(
            f"{name} asked {statistics.median(asked):.2f} s, picture {whole:.2f} s ({work:.2f} s of a core) {verdict}"
        )


def cpu_seconds(child: int | None) -> float:
    """Of this process and of the child that draws: what a busy machine does not change."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ended = sum(one.ru_utime + one.ru_stime for one in used)
    if child is None:
        return ended
    times = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]
    return ended + sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def postgres() -> Iterator[str | None]:
    try:
        with running_postgres() as pattern:
            yield pattern.format(database="postgres")
    except PostgresMissing as missing:
        print(missing)
        yield None


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=Path, help="a folder to keep the pictures in")
    into = options.parse_args().pictures
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(measure(f"sqlite+aiosqlite:///{folder / 'muza.db'}", folder, into))
        with postgres() as url:
            if url is not None:
                asyncio.run(measure(url, folder, None))
    return 0


def peak_megabytes(pid: int | str | None = "self") -> float:
    """Of the process; of this one since `forget_peak`."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    sys.exit(main())
