"""`make bench-spending`: /spend over a million calls, from the press to the picture, on SQLite and on PostgreSQL.

The ledger is filled by the engine itself: 40 people, 4 projects, 5 models, 5 tasks, 3 prompts, 400,000 briefs, 90 days.
"""

import argparse
import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from handlers.i18n import Catalogues
from handlers.views.spending import spending_caption
from handlers.views.spending_chart import spending_chart
from services.assistant.report_spending import ReportSpending
from services.charts.chart_child import chart_json
from services.charts.child_painter import ChildChartPainter
from services.charts.ports import Chart, ChartSeries
from services.domain.language import Language
from services.domain.member import MemberStatus, Role
from services.domain.spending import SpendingGroup
from services.domain.spending_days import SpendingPeriod
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.postgres_server import PostgresMissing, running_postgres

CALLS, DAYS, PEOPLE, BRIEFS = 1_000_000, 90, 40, 400_000
TODAY = datetime(2026, 3, 31, 12, tzinfo=UTC)
AIM_SECONDS, AIM_MEGABYTES = 1.0, 200
TIMES = 5
_TELLING = """
import sys
from services.charts.chart_child import read_chart
from services.charts.matplotlib_chart import paint
paint(read_chart(sys.stdin.buffer.read()))
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""

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
    report_spending, texts = ReportSpending(store, ManualClock(TODAY), UTC), Catalogues(Language.RUSSIAN)
    for period in SpendingPeriod:
        for group in (SpendingGroup.MODEL, SpendingGroup.PERSON, SpendingGroup.PROMPT):
            asked: list[float] = []
            drawn: list[float] = []
            worked = _cpu_seconds()
            for number in range(TIMES):
                start = time.monotonic()
                report = await report_spending(admin, period, group)
                asked.append(time.monotonic() - start)
                language = list(Language)[number % 2]
                spending_caption(report, texts.texts(language))
                png = await painter(spending_chart(report, texts.texts(language), dark=number % 2 == 0))
                drawn.append(time.monotonic() - start)
                if into is not None:
                    (into / f"{period.value}-{group.value}-{language.value}.png").write_bytes(png)
            whole = statistics.median(drawn)
            verdict = "ok" if whole <= AIM_SECONDS else "OVER"
            work = (_cpu_seconds() - worked) / TIMES
            times = f"asked {statistics.median(asked):.2f} s, picture {whole:.2f} s ({work:.2f} s of a core)"
            print(f"  {period.value:>4} {group.value:<7} {times} {verdict}")
    print(f"  memory of this process: {before:.0f} MB before, {peak_megabytes():.0f} MB at most")
    await engine.dispose()


def _cpu_seconds() -> float:
    """Of this process and its children that have ended: what a busy machine does not change."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


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
    child = child_megabytes()
    print(f"memory at most: the child that draws {child:.0f} MB")
    return int(child > AIM_MEGABYTES)


def child_megabytes() -> float:
    """The child tells by itself: what the kernel counts for a child includes its parent's size at the fork."""
    chart = Chart("t", "s", tuple(map(str, range(92))), tuple(ChartSeries(str(n), (1.0,) * 92) for n in range(7)), "-")
    told = subprocess.run([sys.executable, "-c", _TELLING], input=chart_json(chart), capture_output=True, check=True)
    return int(told.stdout) / 1024


def peak_megabytes() -> float:
    """Of this process since `forget_peak`."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    sys.exit(main())
