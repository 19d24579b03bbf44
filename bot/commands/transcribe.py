"""`muza transcribe`: files of this machine as text, minutes and knowledge; also those too large for Telegram."""

import asyncio
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.search import find_project, refuse
from bot.container import Container
from bot.listening import build_file_listening, build_minute_taker
from services.assistant.listening.digest_memory import DigestsInMemory
from services.assistant.listening.minutes_text import minutes_text
from services.assistant.listening.transcribe_file import FileProgress, FileTranscript
from services.assistant.listening.transcript_document import (
    Origin,
    document_source,
    document_text,
    document_title,
    language_heard,
)
from services.assistant.listening.write_minutes import Talk
from services.domain.errors import InputError, ModelError, MuzaError, TranscriptionNotConfigured
from services.domain.language import Language
from services.domain.minutes import Minutes
from services.domain.project import Project, glossary_words
from services.domain.timeline import timecode, timeline
from services.domain.transcript import Segment
from services.domain.usage import CallContext
from services.transcription.ports import Hints
from services.transcription.subtitles import subtitles, transcript_text

FAILED, UNCLEAR = 1, 2


@dataclass(frozen=True, slots=True)
class Wishes:
    srt: bool = False
    minutes: bool = False
    learn: bool = False
    to_stdout: bool = False
    overwrite: bool = False
    language: str | None = None
    """ISO 639-1; None: detected."""
    project: str | None = None


async def transcribe(container: Container, files: Sequence[Path], wishes: Wishes) -> int:
    """Exit code: 0; 1 when a file or the minutes could not be made, the others are; 2 when it is not clear what is
    wanted. Nothing is paid for before that is known."""
    try:
        project = await _project(container, wishes)
        for file in files:
            _refuse_to_overwrite(file, wishes)
    except InputError as error:
        return refuse(error, UNCLEAR)
    failed = 0
    for file in files:
        try:
            await _one(container, file, wishes, project)
        except (MuzaError, OSError) as error:
            Console(stderr=True).print(
                f"{file}: {_reason(container, error)}", markup=False, highlight=False, soft_wrap=True
            )
            failed = FAILED
    return failed


async def _one(container: Container, file: Path, wishes: Wishes, project: Project | None) -> None:
    """What is paid for is written down at once. Raises MuzaError, OSError."""
    trouble: ModelError | None = None
    minutes: Minutes | None = None
    with ListeningBar(file.name) as bar:
        heard = await _hear(container, file, wishes, project, bar)
        segments = timeline(heard.pieces)
        _write(file, ".txt", transcript_text(segments), wishes)
        if wishes.srt:
            _write(file, ".srt", subtitles(segments), wishes)
        if wishes.minutes:
            bar.summing_up()
            try:
                minutes = await _minutes(container, heard, segments, project)
            except ModelError as error:
                trouble = error
    origin = await asyncio.to_thread(_origin, file, heard, container.settings.default_language)
    if minutes is not None:
        _write(file, ".minutes.txt", minutes_text(minutes, origin.language) + "\n", wishes)
    if wishes.learn and project is not None:
        await _learn(container, origin, segments, minutes, project)
    if trouble is not None:
        raise trouble


async def _hear(
    container: Container, file: Path, wishes: Wishes, project: Project | None, bar: "ListeningBar"
) -> FileTranscript:
    if not container.services.transcription.is_configured:
        raise TranscriptionNotConfigured
    hints = Hints(language=wishes.language, glossary=glossary_words(project) if project else ())
    with tempfile.TemporaryDirectory(prefix="muza-") as bench:
        work = build_file_listening(container)
        heard = await work(file, Path(bench), bar.heard, hints=hints, project_id=project.id if project else None)
    if not heard.transcript.text:
        raise InputError("nobody speaks in it")
    return heard


def _origin(file: Path, heard: FileTranscript, default: Language) -> Origin:
    """The same file is the same document, whatever it is called."""
    day = datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()
    key = hashlib.sha256(heard.transcript.text.encode()).hexdigest()[:10]
    return Origin(key, day, language_heard(heard.transcript.language, heard.transcript.text, default), file.name)


async def _minutes(
    container: Container, heard: FileTranscript, segments: Sequence[Segment], project: Project | None
) -> Minutes:
    context = CallContext("minutes", project_id=project.id if project else None)
    language = heard.transcript.language or container.settings.default_language.value
    return await build_minute_taker(container)(Talk(segments, language, project, context), DigestsInMemory())


async def _learn(
    container: Container, origin: Origin, segments: Sequence[Segment], minutes: Minutes | None, project: Project
) -> None:
    title = document_title(origin, minutes.title if minutes else "")
    text = document_text(origin, segments, minutes, title=title)
    source = document_source(origin, document_title(origin, ""))  # the same with minutes and without
    outcome = await container.services.ingestion.ingest_text(project.id, source, text)
    said = "added to" if outcome.changed else "is already in"
    Console(stderr=True).print(
        f"{title}: {said} the knowledge base of {project.slug}", markup=False, highlight=False, soft_wrap=True
    )


async def _project(container: Container, wishes: Wishes) -> Project | None:
    """Its names help to hear right. Without --project, the only one there is. Raises InputError."""
    if wishes.project is not None or wishes.learn:
        return await find_project(container.store, wishes.project)
    async with container.store.reading() as tx:
        projects = await tx.projects.list()
    return projects[0] if len(projects) == 1 else None


def _refuse_to_overwrite(file: Path, wishes: Wishes) -> None:
    """Raises InputError: somebody's notes may have that name."""
    wanted = [".txt", *([".srt"] if wishes.srt else []), *([".minutes.txt"] if wishes.minutes else [])]
    there = [file.with_suffix(suffix) for suffix in wanted if file.with_suffix(suffix).exists()]
    if there and not (wishes.to_stdout or wishes.overwrite):
        raise InputError(f"{there[0]} exists already: --overwrite replaces it, --stdout prints instead.")


def _write(file: Path, suffix: str, text: str, wishes: Wishes) -> None:
    if wishes.to_stdout:
        Console().file.write(text)
    else:
        file.with_suffix(suffix).write_text(text, encoding="utf-8")


def _reason(container: Container, error: MuzaError | OSError) -> str:
    """In the language of the installation, as in a chat."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if type(error) is InputError:
        return str(error)
    from handlers.errors import sentence
    from handlers.i18n import Catalogues

    language = container.settings.default_language
    return sentence(error.code, Catalogues(language).texts(language), **error.facts)


class ListeningBar:
    """On the error stream, so that a pipe of the transcript stays clean."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._name = name
        self._task = self._progress.add_task(name, total=None)

    def __enter__(self) -> "ListeningBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def heard(self, progress: FileProgress) -> None:
        if not progress.speech_ms:
            self._show(f"decoding {timecode(progress.decoded_ms)}")
            return
        done, total = progress.heard_ms, progress.speech_ms
        self._show(f"listening {timecode(done)} / {timecode(total)}", completed=done, total=total)

    def summing_up(self) -> None:
        self._progress.reset(self._task, total=None)
        self._show("summing up")

    def _show(self, what: str, *, completed: int | None = None, total: int | None = None) -> None:
        self._progress.update(self._task, description=f"{self._name}: {what}", completed=completed, total=total)
