"""Bars of search quality by matplotlib: Figure and Agg alone, as for the other charts."""

import io
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from services.charts.matplotlib_chart import COLOURS, DPI, LIGHT

SIZE_INCHES = (9.0, 5.0)
_GROUP_WIDTH = 0.8


def paint_bars(title: str, groups: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> bytes:
    """PNG. `series`: name → one share from 0 to 1 a group; None: not measured. The axis begins where the figures do, so
    that differences between good results can be seen."""
    mpl.rcParams["font.family"] = "DejaVu Sans"
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor=LIGHT.paper, layout="constrained")
    canvas, axes = FigureCanvasAgg(figure), figure.add_subplot()
    width = _GROUP_WIDTH / max(len(series), 1)
    for index, (name, shares) in enumerate(series.items()):
        places = [group - _GROUP_WIDTH / 2 + width * (index + 0.5) for group in range(len(groups))]
        bars = axes.bar(places, [share or 0.0 for share in shares], width * 0.92, label=name, color=COLOURS[index])
        labels = ["" if share is None else f"{share:.3f}" for share in shares]
        axes.bar_label(bars, labels=labels, fontsize=7, color=LIGHT.ink, rotation=90, padding=2)
    told = [share for shares in series.values() for share in shares if share]
    lowest = min(told, default=0.0)
    axes.set_ylim(max(0.0, lowest - 0.1), 1.06)
    axes.set_xticks(range(len(groups)), groups)
    axes.set_title(title, color=LIGHT.ink, fontweight="bold", loc="left")
    axes.grid(axis="y", color=LIGHT.grid)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, ncols=max(len(series), 1), loc="lower right", bbox_to_anchor=(1.0, 1.0))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    picture = io.BytesIO()
    canvas.print_figure(picture, format="png")
    return picture.getvalue()
