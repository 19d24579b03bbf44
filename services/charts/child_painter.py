"""ChartPainter in a child process, one a picture."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from services.charts.chart_child import chart_json
from services.charts.ports import Chart
from services.domain.errors import ChartUnavailable

CHILD = "services.charts.chart_child"
PNG = b"\x89PNG\r\n\x1a\n"
LONGEST_SECONDS = 20.0
"""Measured is a second; the first picture of all waits for a list of fonts to be made."""
AT_ONCE = 2
"""Each takes a core and 80 MB."""


class ChildChartPainter:
    def __init__(self, folder: Path) -> None:
        """`folder`: where matplotlib keeps its list of fonts; made with the first picture."""
        self._environment = {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONSAFEPATH": "1",
            "PYTHONUTF8": "1",
            "MPLCONFIGDIR": str(folder),
            "MALLOC_ARENA_MAX": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, chart: Chart) -> bytes:
        async with self._turns:
            return await self._paint(chart_json(chart))

    async def _paint(self, chart: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", CHILD),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._environment,
            start_new_session=True,  # Ctrl-C in a terminal reaches a whole group
        )
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                picture, complaints = await process.communicate(chart)
        except TimeoutError as error:
            raise ChartUnavailable("drawing takes too long") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode or not picture.startswith(PNG):
            raise ChartUnavailable(f"the child that draws ended with {process.returncode}: {_trouble(complaints)}")
        return picture


def _trouble(complaints: bytes) -> str:
    """The kind of error alone: its words may quote what was to be drawn."""
    lines = complaints.decode(errors="replace").strip().splitlines()
    return lines[-1].partition(":")[0][:100] if lines else ""
