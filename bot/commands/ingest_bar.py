"""The bar of `muza ingest`, one line a stage."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn


class IngestBar:
    """What is shown while it goes on; nothing where nobody looks. Use inside `with`."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.fields[title]:<20}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        )
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def reading(self, done: int, total: int, what: str) -> None:
        self._show("read, cleaned, cut", done, total, what)

    def embedding(self, done: int, total: int, what: str) -> None:
        self._show("embedded", done, total, what)

    def asking(self, done: int, total: int, what: str) -> None:
        self._show("questions asked", done, total, what)

    def refresh(self) -> None:
        self._progress.refresh()

    def _show(self, title: str, done: int, total: int, what: str) -> None:
        if title not in self._tasks:
            self._tasks[title] = self._progress.add_task("", title=title, total=total)
        self._progress.update(self._tasks[title], completed=done, total=total, description=what)
