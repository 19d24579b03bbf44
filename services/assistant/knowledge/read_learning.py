"""FETCHED → READ: the original becomes text, the text passages that are found by their words."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from services.assistant.hints import hint
from services.assistant.knowledge.learning_sources import source_of
from services.assistant.knowledge.lesson_ports import PageReader
from services.assistant.listening.sound import workbench
from services.domain.failpoint import FailPoint, reached
from services.domain.learning import NEAR, SAME, Learning, LearningKind, LearningState, Lesson
from services.domain.passport import DocumentOrigin, Passport
from services.domain.reading import ReadDocument
from services.fetching.file_names import PAGE
from services.files.ports import FileStore
from services.queue.ports import JobName, JobQueue
from services.retrieval.ingest_outcome import IngestOutcome
from services.retrieval.ingestion import Ingestion
from services.retrieval.ports import DocumentReader
from services.store.job_fence import check_fence
from services.store.ports import Store

MOST_NOTES = 6


@dataclass(frozen=True, slots=True)
class Readers:
    files: DocumentReader
    pages: PageReader


@dataclass(slots=True)
class _Learned:
    document_ids: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    passages: int = 0
    is_new: bool = False
    """At least one of them was not there before this learning."""

    def add(self, one: ReadDocument, outcome: IngestOutcome, file_key: str | None) -> None:
        document = outcome.document
        if document.id not in self.document_ids:
            self.document_ids.append(document.id)
        self.passages += outcome.passages
        # Written by a run that died before it could say so: the original tells whose it is.
        self.is_new = self.is_new or outcome.changed or document.passport.file_key == file_key
        notes = [flag.value for flag in one.flags] + [f"{NEAR}{near.title}" for near in outcome.near[:1]]
        if outcome.is_duplicate:
            notes.append(f"{SAME}{document.title}")
        self.notes += [note for note in notes if note not in self.notes and len(self.notes) < MOST_NOTES]


class ReadLearning:
    def __init__(
        self, store: Store, files: FileStore, readers: Readers, ingestion: Ingestion, jobs: JobQueue, *, bench: Path
    ) -> None:
        self._store = store
        self._files = files
        self._readers = readers
        self._ingestion = ingestion
        self._jobs = jobs
        self._bench = bench
        self._turn = asyncio.Lock()
        """Two files of one name at once would both be new."""

    async def __call__(self, learning: Learning) -> None:
        """Raises DocumentRefused, FilesUnavailable, KnowledgeUnavailable, StoreUnavailable, JobOvertaken."""
        async with self._store.reading() as tx:
            lesson = await tx.lessons.get(learning.lesson_id)
        if lesson is None or learning.file_key is None:
            return
        async with workbench(self._bench, learning.id) as folder:
            path = folder / PurePosixPath(learning.file_key).name
            try:
                await self._files.fetch(learning.file_key, path)
            except LookupError:
                await self._fetch_again(learning)
                return
            digest = await asyncio.to_thread(_sha256, path)
            read = await self._read(learning, path)
        learned = await self._learn(lesson, learning, read, digest)
        if learned is None:  # cancelled meanwhile: what was learned of it is cleared away
            return
        reached(FailPoint.LEARNING_READ)
        await self._end(learning, learned)
        await hint(self._jobs, JobName.EMBED_PASSAGES, project_id=lesson.project_id)

    async def _read(self, learning: Learning, path: Path) -> Sequence[ReadDocument]:
        if learning.kind is LearningKind.LINK and path.suffix == PAGE:
            return [await self._readers.pages.read(path, learning.place)]
        return await self._readers.files.read(path, learning.file_name)

    async def _learn(
        self, lesson: Lesson, learning: Learning, read: Sequence[ReadDocument], digest: str
    ) -> _Learned | None:
        learned = _Learned()
        for number, one in enumerate(read):
            if not await self._note(learning, learned, number, len(read)):
                return None
            async with self._turn:
                async with self._store.reading() as tx:
                    source, owner_id = await source_of(tx, lesson, learning, one.name)
                passport = _passport(learning, owner_id, digest)
                outcome = await self._ingestion.learn(lesson.project_id, one, source, passport, lesson.member_id)
            learned.add(one, outcome, learning.file_key)
        return learned

    async def _note(self, learning: Learning, learned: _Learned, done: int, total: int) -> bool:
        """How far it is. False: it is not to be learned any more."""
        async with self._store.transaction() as tx:
            await check_fence(tx)
            ids, state = tuple(learned.document_ids), LearningState.FETCHED
            return (
                await tx.lessons.advance(learning.id, state, state, done=done, total=total, document_ids=ids)
                is not None
            )

    async def _end(self, learning: Learning, learned: _Learned) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.lessons.advance(
                learning.id,
                LearningState.FETCHED,
                LearningState.READ if learned.is_new else LearningState.UNCHANGED,
                document_ids=tuple(learned.document_ids),
                notes=tuple(learned.notes),
                done=0,
                total=learned.passages,
            )

    async def _fetch_again(self, learning: Learning) -> None:
        """Its original is gone from the file store."""
        async with self._store.transaction() as tx:
            await check_fence(tx)
            state = LearningState.FETCHED
            await tx.lessons.advance(learning.id, state, LearningState.RECEIVED, file_key=None, tries=learning.tries)


def _passport(learning: Learning, owner_id: int | None, digest: str) -> Passport:
    is_link = learning.kind is LearningKind.LINK
    return Passport(
        origin=DocumentOrigin.LINK if is_link else DocumentOrigin.UPLOAD,
        url=learning.place if is_link else None,
        file_key=learning.file_key,
        file_hash=digest,
        size_bytes=learning.size_bytes,
        owner_id=owner_id,
        note=learning.note,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
