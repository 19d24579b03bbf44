"""A chart of sums over days, as a picture."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChartSeries:
    name: str
    amounts: tuple[float, ...]
    """US dollars, one a step."""
    is_rest: bool = False
    """All that has no series of its own: drawn in grey."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Every word on it is here, in the reader's language."""

    title: str
    subtitle: str
    steps: tuple[str, ...]
    """Below the columns, from left to right. One only: a line for each series is drawn in place of a column."""
    series: tuple[ChartSeries, ...]
    """The largest first; they are stacked in this order from below."""
    nothing: str
    """Said in place of a chart where no sum is above zero."""
    is_dark: bool = False
    decimal_comma: bool = False


class ChartPainter(Protocol):
    async def __call__(self, chart: Chart) -> bytes:
        """A PNG of 1280 × 800. Raises ChartUnavailable."""
        ...

    async def warm_up(self) -> None:
        """Returns at once: a picture will be asked for in a moment."""
        ...
