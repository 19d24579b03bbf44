"""Where log lines go. None of them may stop the bot: a line that cannot be written is counted and told about later."""

from pathlib import Path
from typing import Protocol, TextIO

MAX_FILE_BYTES = 20 * 1024 * 1024
OLD_FILES = 5


class LineWriter(Protocol):
    def write(self, line: str) -> None:
        """Raises OSError."""
        ...


class StreamWriter:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        try:
            self._stream.write(line)
            self._stream.flush()
        except ValueError as error:  # closed by whoever owns it
            raise OSError("the stream is closed") from error


class RotatingFile:
    """`muza.log`, and the older `muza.log.1` … `.5`: each process has its own, so that nobody rotates another's."""

    def __init__(self, path: Path, max_bytes: int = MAX_FILE_BYTES, old_files: int = OLD_FILES) -> None:
        self._path, self._max_bytes, self._old_files = path, max_bytes, old_files
        self._stream: TextIO | None = None

    def write(self, line: str) -> None:
        stream = self._open()
        if stream.tell() > 0 and stream.tell() + len(line.encode()) > self._max_bytes:
            stream = self._rotate(stream)
        try:
            stream.write(line)
            stream.flush()
        except OSError:
            self._drop(stream)
            raise

    def _open(self) -> TextIO:
        if self._stream is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._path.open("a", encoding="utf-8", errors="backslashreplace")
        return self._stream

    def _rotate(self, stream: TextIO) -> TextIO:
        stream.close()
        self._stream = None
        for number in range(self._old_files, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))
        return self._open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _drop(self, stream: TextIO) -> None:
        """Forget a stream that failed: closing would write its buffer again, so its descriptor is opened anew."""
        self._stream = None
        try:
            stream.close()
        except OSError:
            return


class SafeWriter:
    """Passes lines on; on a full disk or a closed pipe counts them, and says how many once writing works again."""

    def __init__(self, writer: LineWriter) -> None:
        self._writer = writer
        self.lost = 0

    def write(self, line: str) -> None:
        try:
            if self.lost:
                self._writer.write(f"({self.lost} log lines before this one could not be written)\n")
                self.lost = 0
            self._writer.write(line)
        except OSError:
            self.lost += 1
