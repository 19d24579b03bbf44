"""Documents into the knowledge base: SQL first, then the indexes, so that a crash at any point is made good by the next
run."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.domain.errors import InputError, KnowledgeUnavailable
from services.domain.failpoint import FailPoint, reached
from services.domain.knowledge import Document, Passage
from services.domain.language import detect_language
from services.domain.usage import CallContext
from services.retrieval.chunking import chunk
from services.retrieval.ports import Embedder, KeywordIndex, PassageSource, VectorIndex
from services.retrieval.readers import SUFFIXES, SourceText, read_file, read_text

TASK = "indexing"
"""In the ledger."""
_BATCH = 32
"""Passages a round of embedding: what a crash makes to be done again."""
RECORDINGS = "recordings/"
"""Sources of transcripts begin so. They come from conversations, not from files, and do not go with the files."""
OnProgress = Callable[[int, int, str], None]
"""(done, total, what is being worked on)."""


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    document: Document
    changed: bool
    """False: the same content was there already, and nothing was written."""
    passages: int
    """Written now; 0 when nothing changed."""


@dataclass(frozen=True, slots=True)
class FolderOutcome:
    documents: tuple[IngestOutcome, ...]
    removed: tuple[str, ...]
    """Sources whose files are gone."""
    unreadable: tuple[tuple[str, str], ...]
    """(path, why)."""
    is_complete: bool = True
    """False: stopped on the way."""


class Ingestion:
    def __init__(
        self, source: PassageSource, keyword: KeywordIndex, vectors: VectorIndex | None, embedder: Embedder | None
    ) -> None:
        self._source = source
        self._keyword = keyword
        self._vectors = vectors
        self._embedder = embedder
        self._is_stopping = False

    def stop(self) -> None:
        """Reading ends after the file under way; embedding after its batch, as if nothing were left: the next run finds
        the rest in SQL."""
        self._is_stopping = True

    async def ingest_text(self, project_id: int, source: str, raw_text: str, *, force: bool = False) -> IngestOutcome:
        """Markdown with or without front matter. `force`: cut and index anew even if nothing changed."""
        outcome = await self._put(project_id, read_text(raw_text, source), force)
        await self._keyword.catch_up(self._source)
        return outcome

    async def ingest_folder(
        self,
        project_id: int,
        root: Path,
        on_progress: OnProgress | None = None,
        *,
        remove_vanished: bool = False,
        force: bool = False,
    ) -> FolderOutcome:
        """Every readable file below `root`. `remove_vanished`: the folder is the whole of the project's documents."""
        return await self.ingest_files(
            project_id, root, find_files(root), on_progress, remove_vanished=remove_vanished, force=force
        )

    async def ingest_files(
        self,
        project_id: int,
        root: Path,
        files: Sequence[Path],
        on_progress: OnProgress | None = None,
        *,
        remove_vanished: bool = False,
        force: bool = False,
    ) -> FolderOutcome:
        """One unreadable file does not stop the others."""
        outcomes: list[IngestOutcome] = []
        unreadable: list[tuple[str, str]] = []
        for done, file in enumerate(files):
            if self._is_stopping:
                return FolderOutcome(tuple(outcomes), (), tuple(unreadable), is_complete=False)
            if on_progress:
                on_progress(done, len(files), file.name)
            try:
                text = await asyncio.to_thread(read_file, file, root)
            except (InputError, OSError) as error:
                unreadable.append((str(file), str(error)))
                continue
            outcomes.append(await self._put(project_id, text, force))
        seen = {outcome.document.source for outcome in outcomes} | {_name(path, root) for path, _ in unreadable}
        removed = await self._remove_others(project_id, seen) if remove_vanished else ()
        await self._keyword.catch_up(self._source)
        if on_progress:
            on_progress(len(files), len(files), "")
        return FolderOutcome(tuple(outcomes), tuple(removed), tuple(unreadable))

    async def embed_pending(self, project_id: int, on_progress: OnProgress | None = None) -> int:
        """Vectors for what has none yet; then the vector store is compared with SQL and put right. Returns how many
        vectors were written. Raises KnowledgeUnavailable; what was done until then stays done."""
        if self._embedder is None or self._vectors is None:
            return 0
        model, written = self._embedder.model, 0
        total = await self._source.count_passages(project_id)
        while not self._is_stopping and (passages := await self._source.unembedded(project_id, model, _BATCH)):
            await self._embed(project_id, passages)
            written += len(passages)
            if on_progress:
                on_progress(written, max(total, written), passages[-1].source)
        return written + await self._reconcile(project_id)

    async def reindex(self, project_id: int, on_progress: OnProgress | None = None) -> int:
        """All vectors of the project anew, from SQL."""
        if self._embedder is None or self._vectors is None:
            return 0
        await self._vectors.drop(project_id, self._embedder.model)
        await self._keyword.catch_up(self._source)
        return await self.embed_pending(project_id, on_progress)

    async def _put(self, project_id: int, text: SourceText, force: bool) -> IngestOutcome:
        known = await self._source.by_source(project_id, text.source)
        if known and known.content_hash == text.content_hash and not force:
            return IngestOutcome(known, changed=False, passages=0)
        document = Document(
            id=known.id if known else 0,
            project_id=project_id,
            source=text.source,
            title=text.title,
            type=text.type,
            language=text.language,
            content_hash=text.content_hash,
            date=text.date,
            author=text.author,
        )
        passages = await asyncio.to_thread(_cut, document, text.text)
        written = await self._source.put(document, passages)
        reached(FailPoint.DOCUMENT_STORED)
        return IngestOutcome(written, changed=True, passages=len(passages))

    async def _remove_others(self, project_id: int, seen: set[str]) -> list[str]:
        known = await self._source.list(project_id)
        gone = [document for document in known if document.source not in seen and not _is_recording(document)]
        for document in gone:
            await self._source.delete(document.id)
        return [document.source for document in gone]

    async def _reconcile(self, project_id: int) -> int:
        """Passage ids are never reused, so equal counts with nothing pending mean equal sets; otherwise compare."""
        if self._embedder is None or self._vectors is None or self._is_stopping:
            return 0
        model = self._embedder.model
        if await self._vectors.count(project_id, model) == await self._source.count_passages(project_id):
            return 0
        there = set(await self._vectors.ids(project_id, model))
        after_id, written, alive = "", 0, set[str]()
        while page := await self._source.all_passages(project_id, after_id, _BATCH):
            if self._is_stopping:
                return written  # not all pages were seen: what is left over cannot be told
            after_id = page[-1].id
            alive.update(passage.id for passage in page)
            if missing := [passage for passage in page if passage.id not in there]:
                await self._embed(project_id, missing)
                written += len(missing)
        await self._vectors.delete(project_id, model, sorted(there - alive))
        return written

    async def _embed(self, project_id: int, passages: Sequence[Passage]) -> None:
        """Marked only when the vectors are stored: a crash in between embeds again, into the same ids."""
        if self._embedder is None or self._vectors is None:
            raise KnowledgeUnavailable("no embedding model")
        ids = [passage.id for passage in passages]
        vectors = await self._embedder.embed_passages(
            [embedded_text(passage) for passage in passages], CallContext(TASK, project_id=project_id)
        )
        await self._vectors.upsert(project_id, self._embedder.model, ids, vectors)
        reached(FailPoint.VECTORS_WRITTEN)
        await self._source.mark_embedded(ids, self._embedder.model)


def find_files(root: Path) -> list[Path]:
    """Readable by their suffix, in a stable order; hidden files and folders are passed over, links are not followed out
    of the folder."""
    if root.is_file():
        return [root]
    return sorted(_walk(root.resolve(), root))


def embedded_text(passage: Passage) -> str:
    """A passage says more together with the headings that it stands under."""
    return "\n".join(part for part in (passage.title, passage.section, passage.text) if part)


def _walk(inside: Path, root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if hidden or path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        if path.resolve().is_relative_to(inside):
            yield path


def _cut(document: Document, text: str) -> list[Passage]:
    """Ids, document and change numbers are given by the store."""
    template = Passage(
        id="",
        document_id=document.id,
        project_id=document.project_id,
        position=0,
        section="",
        text="",
        language=document.language,
        start=0,
        end=0,
        title=document.title,
        source=document.source,
    )
    return [
        replace(
            template,
            position=position,
            section=cut.section,
            text=cut.text,
            language=detect_language(cut.text, document.language),
            start=cut.start,
            end=cut.end,
        )
        for position, cut in enumerate(chunk(text))
    ]


def _is_recording(document: Document) -> bool:
    return document.type == "transcript" and document.source.startswith(RECORDINGS)


def _name(path: str, root: Path) -> str:
    file = Path(path)
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
