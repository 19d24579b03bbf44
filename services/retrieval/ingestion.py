"""Documents into the knowledge base and out of it: SQL first, then the indexes, so that a crash at any point is made
good by the next run."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from services.domain.errors import KnowledgeUnavailable
from services.domain.passport import Passport
from services.domain.reading import ReadDocument
from services.retrieval.cutting import embedded_text
from services.retrieval.document_learning import DocumentLearning
from services.retrieval.document_ports import Originals, VectorSource
from services.retrieval.document_recutting import DocumentRecutting
from services.retrieval.folder_files import find_files
from services.retrieval.folder_ingestion import RECORDINGS, FolderIngestion
from services.retrieval.ingest_outcome import FolderOutcome, IngestOutcome, OnProgress
from services.retrieval.plain_reader import PlainReader
from services.retrieval.ports import DocumentReader, Embedder, KeywordIndex, VectorIndex
from services.retrieval.readers import SourceText, described, read_text
from services.retrieval.vector_building import VectorBuilding

__all__ = ["RECORDINGS", "FolderOutcome", "IngestOutcome", "Ingestion", "OnProgress", "embedded_text", "find_files"]


class Ingestion:
    """`reader`: None where only Markdown and text are read. `originals`: None where nothing is kept of the files."""

    def __init__(
        self,
        source: VectorSource,
        keyword: KeywordIndex,
        vectors: VectorIndex | None,
        embedder: Embedder | None,
        reader: DocumentReader | None = None,
        originals: Originals | None = None,
    ) -> None:
        self._source = source
        self._keyword = keyword
        self._vectors = vectors
        self._reader = reader or PlainReader()
        self._originals = originals
        self._is_stopping = False
        self._building = VectorBuilding(source, vectors, embedder) if vectors and embedder else None

    def stop(self) -> None:
        """Reading ends after the file under way; embedding after its batch, as if nothing were left: the next run finds
        the rest in SQL."""
        self._is_stopping = True
        if self._building is not None:
            self._building.stop()

    @property
    def suffixes(self) -> frozenset[str]:
        """Lower case, with the dot: of files that are worth trying."""
        return self._reader.suffixes

    async def learn(
        self,
        project_id: int,
        read: ReadDocument,
        source: str,
        passport: Passport = Passport(),  # noqa: B008 - frozen
        member_id: int | None = None,
        *,
        force: bool = False,
    ) -> IngestOutcome:
        """Found by its words from now on; its vectors are made by `embed_pending`. `source`: what the team calls it;
        the next version of the document that has it. Of the passport what is None stays as it was. `force`: cut and
        index anew even if nothing changed, and even if another document says exactly the same."""
        return await self._learn(project_id, described(read, source), passport, member_id, force)

    async def ingest_text(
        self,
        project_id: int,
        source: str,
        raw_text: str,
        passport: Passport = Passport(),  # noqa: B008 - frozen
        member_id: int | None = None,
        *,
        force: bool = False,
    ) -> IngestOutcome:
        """As `learn`: Markdown with or without front matter."""
        return await self._learn(project_id, read_text(raw_text, source), passport, member_id, force)

    async def ingest_folder(
        self,
        project_id: int,
        root: Path,
        on_progress: OnProgress | None = None,
        *,
        remove_vanished: bool = False,
        force: bool = False,
    ) -> FolderOutcome:
        """Every file below `root` that can be read. `remove_vanished`: the folder is the whole of the project's
        documents."""
        files = await asyncio.to_thread(find_files, root, self.suffixes)
        root = root.parent if files == [root] else root
        return await self.ingest_files(
            project_id, root, files, on_progress, remove_vanished=remove_vanished, force=force
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
        at_once: int = 1,
    ) -> FolderOutcome:
        """One unreadable file does not stop the others. `at_once`: how many may be read side by side."""
        run = FolderIngestion(self._source, self._reader, project_id, root, lambda: self._is_stopping)
        outcome = await run.ingest(files, on_progress, remove_vanished=remove_vanished, force=force, at_once=at_once)
        await self._clear(project_id, run.left_over)
        if outcome.is_complete:
            await self._keyword.catch_up(self._source)
        return outcome

    async def forget(self, project_id: int, document_id: int) -> bool:
        """Passages, text, versions, originals and vectors. False: the project has no such document. From the commit on
        nobody finds it: searches take their texts from SQL.

        Raises FilesUnavailable: then nothing is deleted but, perhaps, some of its files.
        """
        document = await self._source.get(document_id)
        if document is None or document.project_id != project_id:
            return False
        if self._originals is not None:
            for key in await self._source.own_files(document_id):
                await self._originals.delete(key)
        await self._clear(project_id, await self._source.delete(document_id))
        with suppress(KnowledgeUnavailable):  # whoever searches catches up by himself
            await self._keyword.catch_up(self._source)
        return True

    async def recut(self, project_id: int) -> int:
        """Documents whose rules of cutting changed, cut by the present ones; their vectors are made before they take
        the place of the old. Returns how many documents. Raises KnowledgeUnavailable; what was done stays done."""
        recutting = DocumentRecutting(self._source, self._building, lambda: self._is_stopping)
        done = await recutting.run(project_id)
        if done:
            await self._keyword.catch_up(self._source)
        return done

    async def embed_pending(self, project_id: int, on_progress: OnProgress | None = None) -> int:
        """Vectors for what has none yet; then the vector store is compared with SQL and put right. Returns how many
        vectors were written. Raises KnowledgeUnavailable; what was done until then stays done."""
        return await self._building.build(project_id, on_progress) if self._building else 0

    async def rebuild(self, project_id: int, on_progress: OnProgress | None = None) -> int:
        """The vector index anew from SQL; the model is asked only for texts whose vectors are not kept."""
        await self._keyword.catch_up(self._source)
        return await self._building.rebuild(project_id, on_progress) if self._building else 0

    async def reindex(self, project_id: int, on_progress: OnProgress | None = None) -> int:
        """All vectors of the project anew, by the model."""
        await self._keyword.catch_up(self._source)
        return await self._building.rebuild(project_id, on_progress, is_kept=False) if self._building else 0

    async def _learn(
        self, project_id: int, text: SourceText, passport: Passport, member_id: int | None, force: bool
    ) -> IngestOutcome:
        learning = DocumentLearning(self._source, project_id)
        outcome = await learning.learn(text, passport, member_id=member_id, force=force)
        await self._clear(project_id, learning.left_over)
        await self._keyword.catch_up(self._source)
        return outcome

    async def _clear(self, project_id: int, passage_ids: Sequence[str]) -> None:
        """Vectors of passages that are no more. Where their store is away they are left over: the next `embed_pending`
        finds them, by reading all that there are."""
        if self._building is not None and passage_ids:
            with suppress(KnowledgeUnavailable):
                await self._building.remove(project_id, passage_ids)
