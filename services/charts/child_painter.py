"""ChartPainter in a child process that stays for some minutes: its first picture takes half a second, the next ones a
sixth of one."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

from services.charts.chart_child import LENGTH, PICTURE, chart_json, framed
from services.charts.ports import Chart
from services.domain.errors import ChartUnavailable

CHILD = "services.charts.chart_child"
PNG = b"\x89PNG\r\n\x1a\n"
LONGEST_SECONDS = 20.0
"""Measured is a second; the first picture of all waits for a list of fonts to be made."""
KEEP_SECONDS = 180.0
"""Without a picture; then its 90 MB are given back."""
MOST_PICTURES = 200
"""By one child: what a library forgets to give back does not add up."""
_DIED = (asyncio.IncompleteReadError, OSError)


class ChildChartPainter:
    """Close it in the event loop that it was used in."""

    def __init__(self, folder: Path, *, keep_seconds: float = KEEP_SECONDS) -> None:
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
        self._keep_seconds = keep_seconds
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._drawn = 0
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """Of the child, while there is one."""
        return None if self._child is None or self._child.returncode is not None else self._child.pid

    async def __call__(self, chart: Chart) -> bytes:
        message = framed(chart_json(chart))
        async with self._turn:
            try:
                kind, content = await self._draw(message)
            except _DIED:  # perhaps while it waited: a new one has its chance
                kind, content = await self._draw_anew(message)
            self._drawn += 1
            self._rest()
        if kind != PICTURE or not content.startswith(PNG):
            raise ChartUnavailable(f"the child that draws cannot: {content[:100].decode(errors='replace')}")
        return content

    async def warm_up(self) -> None:
        """A picture will be asked for in a moment: the child begins to load what it draws with."""
        if self._turn.locked():
            return
        async with self._turn:
            with suppress(OSError):  # whoever asks for the picture is told
                await self._ready()
                self._rest()

    async def aclose(self) -> None:
        async with self._turn:
            await self._end()

    async def _draw(self, message: bytes) -> tuple[bytes, bytes]:
        try:
            child = await self._ready()
            async with asyncio.timeout(LONGEST_SECONDS):
                return await _asked(child, message)
        except TimeoutError as error:
            await self._end()
            raise ChartUnavailable("drawing takes too long") from error
        except _DIED:
            raise
        except BaseException:  # whoever waited was stopped: the next one must not get this picture
            await self._end()
            raise

    async def _draw_anew(self, message: bytes) -> tuple[bytes, bytes]:
        await self._end()
        try:
            return await self._draw(message)
        except _DIED as error:
            raise ChartUnavailable(f"the child that draws ended with {await self._end(patience=1.0)}") from error

    async def _ready(self) -> Process:
        self._stop_waiting()
        if self._child is not None and (_is_leaving(self._child) or self._drawn >= MOST_PICTURES):
            await self._end()
        if self._child is None:
            self._drawn = 0
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", CHILD),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=self._environment,
                start_new_session=True,  # Ctrl-C in a terminal reaches a whole group
            )
        return self._child

    def _rest(self) -> None:
        self._stop_waiting()
        self._idle = asyncio.get_running_loop().call_later(self._keep_seconds, self._let_go)

    def _let_go(self) -> None:
        """It ends when its input does, and so it does when this process dies."""
        if self._child is not None and self._child.stdin is not None and not self._turn.locked():
            self._child.stdin.close()

    def _stop_waiting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    async def _end(self, patience: float = 0.0) -> int | None:
        """Now, or by itself within `patience` seconds. Returns how it ended."""
        self._stop_waiting()
        child, self._child = self._child, None
        if child is None:
            return None
        try:
            if child.returncode is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(patience):
                        await child.wait()
        finally:
            if child.returncode is None:
                child.kill()
        return await child.wait()


def _is_leaving(child: Process) -> bool:
    return child.returncode is not None or child.stdin is None or child.stdin.is_closing()


async def _asked(child: Process, message: bytes) -> tuple[bytes, bytes]:
    """Raises IncompleteReadError, OSError when it ends meanwhile."""
    if child.stdin is None or child.stdout is None:
        raise OSError("no pipes")
    child.stdin.write(message)
    await child.stdin.drain()
    length = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))[0]
    answer = await child.stdout.readexactly(length)
    return answer[:1], answer[1:]
