"""Pictures of sums: drawn by a real child process, whatever is on them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.charts import child_painter
from services.charts.chart_child import chart_json, read_chart
from services.charts.child_painter import ChildChartPainter
from services.charts.ports import Chart, ChartSeries
from services.domain.errors import ChartUnavailable
from tests.unit.bot.waiting import is_running, until


def a_chart(steps: int, series: int, *, dark: bool = False, name: str = "модель") -> Chart:
    made = tuple(
        ChartSeries(f"{name} {n}", tuple(0.5 + n + step % 7 for step in range(steps)), is_rest=n == 6)
        for n in range(series)
    )
    days = tuple(f"{step % 28 + 1:02}.11" for step in range(steps))
    return Chart("Расходы", "12 $ … 13 $", days, made, "Пусто", is_dark=dark, decimal_comma=True)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82"), "the picture is whole"
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@pytest.fixture
async def painter(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ChildChartPainter]:
    painter = ChildChartPainter(tmp_path_factory.getbasetemp() / "charts")
    yield painter
    await painter.aclose()


async def test_one_child_draws_pictures_for_a_phone_whatever_is_on_them(painter: ChildChartPainter) -> None:
    charts = {
        "a month": a_chart(30, 7),
        "three months, dark": a_chart(92, 3, dark=True),
        "one day": a_chart(1, 7),
        "nothing": a_chart(7, 0),
        "zero": Chart("", "", ("1",), (ChartSeries("", (0.0,)),), ""),
        "strange names": a_chart(2, 2, name="$x_1$ {\\frac} 🎨 ✨ " + "очень длинное имя " * 9),
    }
    await painter.warm_up()
    first = painter.pid
    for name, chart in charts.items():
        assert size_of(await painter(chart)) == (1280, 800), name
    light, dark = await asyncio.gather(painter(a_chart(3, 2)), painter(a_chart(3, 2, dark=True)))
    assert light != dark
    with pytest.raises(ChartUnavailable, match="cannot: ValueError"):
        await painter(Chart("t", "s", ("1", "2"), (ChartSeries("uneven", (1.0,)),), ""))
    assert size_of(await painter(a_chart(2, 1)))
    assert first == painter.pid is not None


async def test_a_child_that_hangs_is_killed_and_told(
    painter: ChildChartPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await painter.warm_up()
    first = painter.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(child_painter, "LONGEST_SECONDS", 0.0)
    with pytest.raises(ChartUnavailable, match="too long"):
        await painter(a_chart(2, 2))
    assert (painter.pid, is_running(first)) == (None, False)


async def test_a_child_that_died_is_replaced(painter: ChildChartPainter) -> None:
    await painter.warm_up()
    first = painter.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert size_of(await painter(a_chart(2, 2)))
    assert painter.pid not in (None, first)


async def test_a_child_that_cannot_begin_is_told(painter: ChildChartPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_painter, "CHILD", "services.charts.nothing_here")
    await painter.warm_up()
    with pytest.raises(ChartUnavailable, match="ended with 1"):
        await painter(a_chart(2, 2))
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    await painter.warm_up()
    with pytest.raises(ChartUnavailable, match="ended with None"):
        await painter(a_chart(2, 2))


async def test_a_child_without_work_ends_by_itself(tmp_path: Path) -> None:
    painter = ChildChartPainter(tmp_path, keep_seconds=0.0)
    await painter.warm_up()
    await until(lambda: painter.pid is None, "the child's end")
    await painter.aclose()


texts = st.text(max_size=20)


@settings(max_examples=50)
@given(title=texts, name=texts, amounts=st.lists(st.floats(0, 1e6), max_size=4), flags=st.tuples(*[st.booleans()] * 3))
def test_a_chart_crosses_the_wire_unchanged(
    title: str, name: str, amounts: list[float], flags: tuple[bool, bool, bool]
) -> None:
    series = ChartSeries(name, tuple(amounts), is_rest=flags[0])
    chart = Chart(title, name, (title, name), (series,), name, is_dark=flags[1], decimal_comma=flags[2])
    assert read_chart(chart_json(chart)) == chart
