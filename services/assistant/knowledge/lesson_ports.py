"""What lessons need from the edges of the house."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.domain.chat import ChatAddress
from services.domain.learning import Learning, Lesson
from services.domain.reading import ReadDocument


@dataclass(frozen=True, slots=True)
class FetchedOriginal:
    name: str
    """Safe for a file, its suffix says how it is to be read."""
    size_bytes: int


class OriginalSource(Protocol):
    """Telegram's files, and the web."""

    async def fetch(self, learning: Learning, into: Path) -> FetchedOriginal:
        """Raises DocumentRefused, LinkRefused, TelegramFilesUnavailable, FilesUnavailable."""
        ...


class PageReader(Protocol):
    async def read(self, file: Path, url: str) -> ReadDocument:
        """A page of the web, without its menus. `file`: an absolute path. Raises DocumentRefused."""
        ...


class LessonScreen(Protocol):
    async def show(self, lesson: Lesson) -> ChatAddress | None:
        """Edits the lesson's message, or sends one in reply to what was sent. The address it is shown at; None where
        nothing can ever be shown. Raises NotShown when Telegram is out of reach, PreviewDropped when there was no room
        for a mere progress."""
        ...


class LessonRunner(Protocol):
    def wake(self, lesson_id: int) -> None:
        """There is something to do or to draw. A hint: the rows are the truth, and a sweeper finds what no hint
        reached."""
        ...
