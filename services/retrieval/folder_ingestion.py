"""A folder of files into SQL, file by file."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.domain.errors import FilesUnavailable, InputError, MuzaError
from services.domain.knowledge import Document
from services.domain.passport import DocumentOrigin, Passport
from services.domain.reading import ReadDocument
from services.retrieval.document_learning import DocumentLearning
from services.retrieval.document_ports import DocumentSource
from services.retrieval.folder_files import has_file, is_of, source_of
from services.retrieval.ingest_outcome import FolderOutcome, IngestOutcome, OnProgress, RefusedFile
from services.retrieval.ports import DocumentReader
from services.retrieval.readers import described
from services.retrieval.reading_ahead import read_ahead

RECORDINGS = "recordings/"
"""Sources of transcripts begin so."""


@dataclass(slots=True)
class _Met:
    outcomes: list[IngestOutcome] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    """Of the documents in the files."""
    closed: list[str] = field(default_factory=list)
    """Files that could not be read: their documents stay as they are."""
    refused: list[RefusedFile] = field(default_factory=list)

    def refuse(self, file: Path, name: str, error: MuzaError | OSError) -> None:
        self.unreadable.append((str(file), str(error)))
        self.closed.append(name)
        code, facts = (error.code, error.facts) if isinstance(error, MuzaError) else (FilesUnavailable.code, {})
        self.refused.append(RefusedFile(str(file), code, facts))

    def outcome(self, removed: Sequence[str], *, is_complete: bool = True) -> FolderOutcome:
        told = (tuple(self.outcomes), tuple(removed), tuple(self.unreadable))
        return FolderOutcome(*told, is_complete, tuple(self.refused))


@dataclass(frozen=True, slots=True)
class _Read:
    """A file: known already, refused, or what it says."""

    passport: Passport = field(default_factory=Passport)
    documents: Sequence[ReadDocument] = ()
    known: Document | None = None
    error: MuzaError | OSError | None = None


class FolderIngestion:
    def __init__(
        self,
        source: DocumentSource,
        reader: DocumentReader,
        project_id: int,
        root: Path,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._source = source
        self._reader = reader
        self._project_id = project_id
        self._root = root
        self._is_stopping = is_stopping
        self._learning = DocumentLearning(source, project_id)

    @property
    def left_over(self) -> Sequence[str]:
        """See `DocumentLearning`."""
        return self._learning.left_over

    async def ingest(
        self,
        files: Sequence[Path],
        on_progress: OnProgress | None,
        *,
        remove_vanished: bool,
        force: bool,
        at_once: int = 1,
    ) -> FolderOutcome:
        """`at_once`: how many files may be read side by side."""
        met, done = _Met(), 0

        async def read(file: Path) -> _Read:
            return await self._read(file, force)

        async def take(file: Path, found: _Read) -> bool:
            nonlocal done
            if on_progress:
                on_progress(done, len(files), file.name)
            await self._take(file, found, met, force)
            done += 1
            return not self._is_stopping() or done == len(files)

        if not self._is_stopping():
            await read_ahead(files, read, take, at_once)
        if done < len(files):
            return met.outcome((), is_complete=False)
        removed = await self._remove_others(met) if remove_vanished else ()
        if on_progress:
            on_progress(len(files), len(files), "")
        return met.outcome(removed)

    async def _read(self, file: Path, force: bool) -> _Read:
        try:
            size, digest = await asyncio.to_thread(_fingerprint, file)
            if not force and (known := await self._is_known(source_of(file, self._root), digest)):
                return _Read(known=known)
            passport = Passport(DocumentOrigin.FOLDER, file_hash=digest, size_bytes=size)
            return _Read(passport, documents=await self._reader.read(file, file.name))
        except (InputError, FilesUnavailable, OSError) as error:
            return _Read(error=error)

    async def _take(self, file: Path, found: _Read, met: _Met, force: bool) -> None:
        name = source_of(file, self._root)
        if found.error is not None:
            met.refuse(file, name, found.error)
            return
        if found.known is not None:
            met.sources.add(name)
            met.outcomes.append(IngestOutcome(found.known, changed=False, passages=0))
            return
        sources = _sources(name, file.name, [one.name for one in found.documents])
        met.sources.update(sources)
        for source, one in zip(sources, found.documents, strict=True):
            met.outcomes.append(
                await self._learning.learn(
                    described(one, source),
                    found.passport,
                    force=force,
                    is_gone=lambda other: other not in met.sources and not self._is_there(other, name),
                )
            )

    async def _is_known(self, name: str, digest: str) -> Document | None:
        """The same bytes need not be read again. Of an archive it cannot be told: a crash may have cut its documents
        short."""
        known = await self._source.by_source(self._project_id, name)
        return known if known and known.passport.file_hash == digest else None

    def _is_there(self, source: str, archive: str) -> bool:
        """`archive`: its present documents are known by name."""
        return not source.startswith(f"{archive}/") and has_file(self._root, source)

    async def _remove_others(self, met: _Met) -> list[str]:
        known = await self._source.list(self._project_id)
        gone = [one for one in known if _is_of_a_folder(one) and not _is_met(one.source, met)]
        for document in gone:
            self._learning.left_over += await self._source.delete(document.id)
        return [document.source for document in gone]


def _is_met(source: str, met: _Met) -> bool:
    return source in met.sources or any(is_of(source, file) for file in met.closed)


def _is_of_a_folder(document: Document) -> bool:
    """What people sent, and what was said, does not go with the files."""
    if document.type == "transcript" and document.source.startswith(RECORDINGS):  # from before origins were noted
        return False
    return document.passport.origin is DocumentOrigin.FOLDER


def _sources(source: str, file_name: str, names: Sequence[str]) -> list[str]:
    """A file that is one document is called as itself, documents of an archive by their places in it."""
    return [source] if list(names) == [file_name] else [f"{source}/{name}" for name in names]


def _fingerprint(file: Path) -> tuple[int, str]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return stream.tell(), digest
