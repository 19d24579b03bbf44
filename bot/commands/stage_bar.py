"""A bar for work in several stages, on the error stream: nothing where nobody looks."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn


class StageBar:
    """Use as an `OnStage`, inside `with`. Stages that are over stay on the screen."""

    def __init__(self, console: Console, titles: dict[str, str]) -> None:
        columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._titles = titles
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(self._titles.get(stage, stage), total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)
