"""Pictures of sums: drawn by a real child process, whatever is on them."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.charts import child_painter
from services.charts.chart_child import chart_json, read_chart
from services.charts.child_painter import ChildChartPainter
from services.charts.ports import Chart, ChartSeries
from services.domain.errors import ChartUnavailable


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


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> ChildChartPainter:
    return ChildChartPainter(tmp_path_factory.mktemp("charts"))


@pytest.mark.parametrize(
    "chart",
    [
        a_chart(30, 7),
        a_chart(92, 3, dark=True),
        a_chart(1, 7),
        a_chart(7, 0),
        Chart("", "", ("1",), (ChartSeries("", (0.0,)),), ""),
        a_chart(2, 2, name="$x_1$ {\\frac} 🎨 ✨ " + "очень длинное имя " * 9),
    ],
    ids=["a month", "three months, dark", "one day", "nothing", "zero", "strange names"],
)
async def test_a_picture_for_a_phone(painter: ChildChartPainter, chart: Chart) -> None:
    assert size_of(await painter(chart)) == (1280, 800)


async def test_themes_are_different_pictures_and_two_are_drawn_at_once(painter: ChildChartPainter) -> None:
    light, dark = await asyncio.gather(painter(a_chart(3, 2)), painter(a_chart(3, 2, dark=True)))
    assert light != dark


async def test_a_child_that_cannot_draw_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Chart("t", "s", ("1", "2"), (ChartSeries("uneven", (1.0,)),), "")
    with pytest.raises(ChartUnavailable, match="ended with 1: ValueError"):
        await ChildChartPainter(tmp_path)(broken)
    monkeypatch.setattr(child_painter, "LONGEST_SECONDS", 0.0)
    with pytest.raises(ChartUnavailable, match="too long"):
        await ChildChartPainter(tmp_path)(a_chart(2, 2))


texts = st.text(max_size=20)


@settings(max_examples=50)
@given(title=texts, name=texts, amounts=st.lists(st.floats(0, 1e6), max_size=4), flags=st.tuples(*[st.booleans()] * 3))
def test_a_chart_crosses_the_wire_unchanged(
    title: str, name: str, amounts: list[float], flags: tuple[bool, bool, bool]
) -> None:
    series = ChartSeries(name, tuple(amounts), is_rest=flags[0])
    chart = Chart(title, name, (title, name), (series,), name, is_dark=flags[1], decimal_comma=flags[2])
    assert read_chart(chart_json(chart)) == chart
