"""Lessons over a real store, with memory for files and indexes, and sources that a test fills."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.assistant.knowledge.accept_offer import AcceptOffer
from services.assistant.knowledge.advance_learning import AdvanceLearning, Step
from services.assistant.knowledge.cancel_lesson import CancelLesson
from services.assistant.knowledge.clear_lessons import ClearLessons
from services.assistant.knowledge.fetch_learning import FetchLearning
from services.assistant.knowledge.follow_vectors import FollowVectors
from services.assistant.knowledge.join_lesson import JoinLesson
from services.assistant.knowledge.lesson_ports import FetchedOriginal
from services.assistant.knowledge.offer_lesson import OfferLesson
from services.assistant.knowledge.read_learning import Readers, ReadLearning
from services.assistant.knowledge.retry_lesson import RetryLesson
from services.assistant.knowledge.start_lesson import StartLesson
from services.domain.chat import ChatAddress
from services.domain.knowledge import Document
from services.domain.language import Language
from services.domain.learning import Learning, LearningState, Lesson, NewLearning, NewLesson
from services.domain.member import Member
from services.domain.reading import ReadDocument
from services.fetching.file_names import safe_name
from services.files.obstore_files import ObstoreFiles
from services.retrieval.ingestion import Ingestion
from services.retrieval.readers import read_markdown
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.contract.lesson_rows import a_file
from tests.fakes.clock import ManualClock
from tests.fakes.job_queue import RecordingJobQueue
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryVectorIndex
from tests.store_rows import a_member, a_project, numbers

S = LearningState
TEA = "# Чай\n\nУлун после пяти: чайник доливают шесть раз.\n"
SHEET = "\n\n".join(f"## Сорт {number}\n\nСорт {number} стоит {number * 10} рублей за чайник." for number in range(9))


@dataclass
class Sent:
    """Implements `OriginalSource` and `DocumentReader`: what was sent under a place, as text or as trouble; a text with
    pages between lines of === is an archive."""

    contents: dict[str, str | Exception] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    """Raised first, one a fetch."""
    fetched: list[str] = field(default_factory=list)
    suffixes = frozenset({".md", ".pdf", ".zip"})

    async def fetch(self, learning: Learning, into: Path) -> FetchedOriginal:
        self.fetched.append(learning.place)
        if self.trouble:
            raise self.trouble.pop(0)
        content = self.contents[learning.place]
        if isinstance(content, Exception):
            raise content
        await asyncio.to_thread(into.write_text, content)
        return FetchedOriginal(safe_name(learning.file_name), len(content.encode()))

    async def read(self, file: Path, name: str) -> Sequence[ReadDocument]:
        parts = (await asyncio.to_thread(file.read_text)).split("===\n")
        if len(parts) == 1:
            return [read_markdown(parts[0], name)]
        return [read_markdown(part, f"{number}.md") for number, part in enumerate(parts)]


class Pages:
    async def read(self, file: Path, url: str) -> ReadDocument:
        return read_markdown(await asyncio.to_thread(file.read_text), url)


class Woken(list[int]):
    def wake(self, lesson_id: int) -> None:
        self.append(lesson_id)


class Classroom:
    def __init__(self, store: SqlStore, bench: Path, *, with_vectors: bool = True) -> None:
        self.store, self.clock, self.jobs = store, ManualClock(), RecordingJobQueue()
        self.sent, self.woken, self.files = Sent(), Woken(), ObstoreFiles("memory:///")
        self.embedder = HashingEmbedder()
        vectors, embedder = (MemoryVectorIndex(), self.embedder) if with_vectors else (None, None)
        self.source = SqlPassageSource(store)
        self.ingestion = Ingestion(self.source, MemoryKeywordIndex(), vectors, embedder, None, self.files)
        self.start, self.offer = StartLesson(store, self.woken), OfferLesson(store, self.woken, self.sent.suffixes)
        self.join, self.accept = JoinLesson(store, self.woken), AcceptOffer(store, self.woken)
        self.cancel, self.retry = CancelLesson(store, self.woken), RetryLesson(store, self.woken)
        readers = Readers(self.sent, Pages())
        self.read = ReadLearning(store, self.files, readers, self.ingestion, self.jobs, bench=bench)
        fetch = FetchLearning(store, self.sent, self.files, bench=bench)
        steps: dict[LearningState, Step] = {S.RECEIVED: fetch, S.FETCHED: self.read}
        self.advance = AdvanceLearning(store, self.clock, steps, on_change=self.woken.wake)
        self.follow = FollowVectors(store, self.clock, self.embedder.model if with_vectors else None)
        much_later = ManualClock(datetime.now(UTC) + timedelta(minutes=10))
        self.clear = ClearLessons(store, much_later, self.files, self.ingestion)
        self.bench = bench
        self.project_id = 0

    async def a_lesson(self, *files: NewLearning, member: Member | None = None, key: str = "") -> Lesson:
        new = await self.new_lesson(member, key)
        return await self.start(await self._member(new), new, files or (a_file(),))

    async def new_lesson(self, member: Member | None = None, key: str = "") -> NewLesson:
        member = member or await a_member(self.store)
        self.project_id = self.project_id or (await a_project(self.store)).id
        number = next(numbers)
        address = ChatAddress(member.telegram_id, None, number)
        return NewLesson(key or f"message:{number}", member.id, self.project_id, Language.RUSSIAN, address)

    async def _member(self, new: NewLesson) -> Member:
        async with self.store.reading() as tx:
            member = await tx.members.get(new.member_id)
        assert member is not None
        return member

    async def member_of(self, lesson: Lesson) -> Member:
        async with self.store.reading() as tx:
            member = await tx.members.get(lesson.member_id)
        assert member is not None
        return member

    async def goes_on(self, lesson: Lesson, *, steps: int = 3) -> Lesson:
        """As far as it gets by itself without waiting."""
        for _ in range(steps):
            for learning in (await self.now(lesson)).learnings:
                await self.advance(learning.id)
        return await self.now(lesson)

    async def now(self, lesson: Lesson) -> Lesson:
        async with self.store.reading() as tx:
            found = await tx.lessons.get(lesson.id)
        assert found is not None
        return found

    async def document(self, source: str) -> Document | None:
        return await self.source.by_source(self.project_id, source)

    async def kept(self) -> list[str]:
        return list(await self.files.keys("documents"))
