"""Resident memory of the product's processes, children included, while something is going on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil

LOOK_SECONDS = 0.2
Sizes = dict[str, float]
"""Megabytes by process."""


@dataclass
class MemoryWatch:
    idle: Sizes
    peaks: Sizes = field(default_factory=dict)
    peak_together: float = 0.0

    def over_idle(self) -> Sizes:
        return {name: round(peak - self.idle.get(name, 0.0), 1) for name, peak in self.peaks.items()}

    @property
    def together_over_idle(self) -> float:
        return self.peak_together - sum(self.idle.values())

    def look(self, sizes: Sizes) -> None:
        for name, size in sizes.items():
            self.peaks[name] = max(size, self.peaks.get(name, 0.0))
        self.peak_together = max(self.peak_together, sum(sizes.values()))


@asynccontextmanager
async def watching(pids: Callable[[], Mapping[str, int | None]]) -> AsyncIterator[MemoryWatch]:
    """Idle is what they take when the block begins."""
    watch = MemoryWatch(resident(pids()))
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(_keep_looking(watch, pids))
        try:
            yield watch
        finally:
            looking.cancel()


def resident(pids: Mapping[str, int | None]) -> Sizes:
    return {name: _with_children(pid) for name, pid in pids.items() if pid is not None}


async def _keep_looking(watch: MemoryWatch, pids: Callable[[], Mapping[str, int | None]]) -> None:
    while True:
        watch.look(await asyncio.to_thread(resident, pids()))
        await asyncio.sleep(LOOK_SECONDS)


def _with_children(pid: int) -> float:
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_size(one) for one in family)


def _size(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0
