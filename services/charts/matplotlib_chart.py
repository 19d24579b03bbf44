"""Charts by matplotlib: Figure and Agg alone, because pyplot keeps every figure and looks for a screen."""

import io
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.ticker import FuncFormatter, MaxNLocator

from services.charts.ports import Chart, ChartSeries

SIZE_INCHES, DPI = (8.0, 5.0), 160
LONGEST_NAME = 26
MOST_STEP_LABELS = 10
LEFT, RIGHT, TOP, BOTTOM = 0.085, 0.96, 0.80, 0.20
# Told apart with every kind of colour blindness: https://jfly.uni-koeln.de/color/ (Okabe and Ito), a little softer.
COLOURS = ("#3B82C4", "#E69F00", "#1FA187", "#D1495B", "#8F6BB8", "#7FC8E8")


@dataclass(frozen=True, slots=True)
class Theme:
    paper: str
    ink: str
    faint: str
    grid: str
    rest: str


LIGHT = Theme(paper="#FFFFFF", ink="#1B1F24", faint="#6B7280", grid="#E5E7EB", rest="#B6BCC6")
DARK = Theme(paper="#17212B", ink="#F1F4F8", faint="#93A1B0", grid="#2A3744", rest="#5B6977")


def paint(chart: Chart) -> bytes:
    """PNG."""
    mpl.rcParams["font.family"] = "DejaVu Sans"  # comes with matplotlib and has Cyrillic letters
    mpl.rcParams["text.parse_math"] = False  # "$5 … $6" is money, not a formula
    theme = DARK if chart.is_dark else LIGHT
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor=theme.paper)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.03, 0.935, drawable(chart.title), color=theme.ink, fontsize=17, fontweight="bold", va="center")
    figure.text(0.03, 0.872, drawable(chart.subtitle), color=theme.faint, fontsize=11.5, va="center")
    if not any(amount > 0 for series in chart.series for amount in series.amounts):
        figure.text(0.5, 0.45, drawable(chart.nothing), color=theme.faint, fontsize=15, ha="center", va="center")
    elif len(chart.steps) == 1:
        _lines(figure, chart, theme)
    else:
        _columns(figure, chart, theme)
    picture = io.BytesIO()
    canvas.print_figure(picture, format="png")
    return picture.getvalue()


def _columns(figure: Figure, chart: Chart, theme: Theme) -> None:
    axes = figure.add_axes((LEFT, BOTTOM, RIGHT - LEFT, TOP - BOTTOM))
    places = range(len(chart.steps))
    below = [0.0] * len(chart.steps)
    is_wide = len(chart.steps) < 45
    half = 0.37 if is_wide else 0.43
    for number, series in enumerate(chart.series):
        # One collection a series: hundreds of rectangles of their own take four times as long.
        axes.add_collection(
            PolyCollection(
                [_column(*place, half) for place in zip(places, below, series.amounts, strict=True)],
                facecolors=_colour(series, number, theme),
                edgecolors=theme.paper,
                linewidths=0.6 if is_wide else 0.0,
                label=drawable(shortened(series.name)),
                zorder=2,
            )
        )
        below = [under + amount for under, amount in zip(below, series.amounts, strict=True)]
    every = -(-len(chart.steps) // MOST_STEP_LABELS)
    shown = list(places)[::-1][::every][::-1]  # the last step, which is now, always has its label
    axes.set_xticks(shown, [drawable(chart.steps[place]) for place in shown])
    axes.set_xlim(-0.7, max(len(chart.steps), 4) - 0.3)
    axes.set_ylim(0, max(below) * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: _axis_money(amount, max(below), chart)))
    axes.grid(axis="y", color=theme.grid, linewidth=0.9, zorder=0)
    _bare(axes, theme)
    axes.tick_params(axis="y", length=0, labelsize=10.5, labelcolor=theme.faint)
    axes.tick_params(axis="x", length=0, labelsize=10.5, labelcolor=theme.faint, pad=6)
    _legend(figure, chart, theme)


def _legend(figure: Figure, chart: Chart, theme: Theme) -> None:
    figure.legend(
        loc="upper left",
        bbox_to_anchor=(0.02, 0.128),
        ncols=4 if len(chart.series) > 3 else max(len(chart.series), 1),
        frameon=False,
        fontsize=10,
        labelcolor=theme.ink,
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.4,
        handletextpad=0.5,
    )


def _column(place: int, below: float, amount: float, half: float) -> list[tuple[float, float]]:
    """Its corners."""
    left, right, top = place - half, place + half, below + amount
    return [(left, below), (left, top), (right, top), (right, below)]


def _lines(figure: Figure, chart: Chart, theme: Theme) -> None:
    """One day: who or what, how much, beside each other."""
    axes = figure.add_axes((0.34, 0.07, 0.54, TOP - 0.07))
    amounts = [series.amounts[0] for series in chart.series]
    places = range(len(amounts))
    colours = [_colour(series, number, theme) for number, series in enumerate(chart.series)]
    axes.barh(places, amounts, height=0.56, color=colours, zorder=2)
    for place, amount in zip(places, amounts, strict=True):
        axes.text(
            amount + max(amounts) * 0.015, place, money(amount, chart), color=theme.ink, fontsize=11.5, va="center"
        )
    axes.set_yticks(places, [drawable(shortened(series.name)) for series in chart.series])
    axes.set_ylim(max(len(amounts), 4) - 0.4, -0.6)
    axes.set_xlim(0, max(amounts) * 1.02)
    axes.set_xticks([])
    _bare(axes, theme)
    axes.tick_params(axis="y", length=0, labelsize=11.5, labelcolor=theme.ink, pad=8)


def _bare(axes: Axes, theme: Theme) -> None:
    axes.set_facecolor(theme.paper)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _colour(series: ChartSeries, number: int, theme: Theme) -> str:
    return theme.rest if series.is_rest else COLOURS[number % len(COLOURS)]


def _axis_money(amount: float, highest: float, chart: Chart) -> str:
    digits = 0 if highest >= 10 else 2 if highest >= 0.1 else 4
    return _written(f"{amount:,.{digits}f}", chart)


def money(amount: float, chart: Chart) -> str:
    if 0 < amount < 0.01:
        return _written(f"{amount:.4f}", chart)
    return _written(f"{amount:,.2f}", chart)


def _written(number: str, chart: Chart) -> str:
    if not chart.decimal_comma:
        return f"${number}"
    return number.replace(",", "\u00a0").replace(".", ",") + "\u00a0$"


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def drawable(text: str) -> str:
    """Without what the font has no sign for (emoji in people's names), which would be drawn as empty boxes."""
    known = get_font(findfont("DejaVu Sans")).get_charmap()
    kept = "".join(letter for letter in text if ord(letter) in known).strip()
    return kept or "?" if text.strip() else ""
