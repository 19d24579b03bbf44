"""One document into SQL: new, changed, moved, or there already."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from services.domain.chunk_rules import ChunkRules, rules_for
from services.domain.document_history import DocumentContent
from services.domain.failpoint import FailPoint, reached
from services.domain.knowledge import Document
from services.domain.passport import DocumentOrigin, Passport
from services.retrieval.cutting import cut
from services.retrieval.document_ports import DocumentSource
from services.retrieval.ingest_outcome import IngestOutcome
from services.retrieval.near_duplicates import Sketches, sketch
from services.retrieval.readers import SourceText

IsGone = Callable[[str], bool]
"""Whether the file of a source is no longer there."""

_OF_ONE_FILE = {"url": None, "file_key": None, "file_hash": None, "size_bytes": None}
"""Never true of the next version."""


def never_gone(_source: str) -> bool:
    return False


class DocumentLearning:
    """Lives as long as one folder is read, or one document: what the others look like is read from SQL once."""

    def __init__(self, source: DocumentSource, project_id: int) -> None:
        self._source = source
        self._project_id = project_id
        self.left_over: list[str] = []
        """Ids of passages that are no more: their vectors are still there."""
        self._rules: Mapping[str, ChunkRules] | None = None
        self._sketches: Sketches | None = None

    async def learn(
        self,
        text: SourceText,
        passport: Passport,
        *,
        member_id: int | None = None,
        force: bool = False,
        is_gone: IsGone = never_gone,
    ) -> IngestOutcome:
        """`is_gone`: of documents with the same content under other names, which were moved."""
        known = await self._source.by_source(self._project_id, text.source)
        if known and known.content_hash == text.content_hash and not force:
            return IngestOutcome(known, changed=False, passages=0)
        moved_from = None
        if known is None and (same := await self._source.by_content(self._project_id, text.content_hash)):
            moved = next((one for one in same if _is_moved(one, is_gone)), None)
            if moved is None and not force:
                return IngestOutcome(same[0], changed=False, passages=0, is_duplicate=True)
            if moved is not None:
                moved_from = moved.source
                known = await self._source.rename(moved.id, text.source)
                if known is not None and known.title == text.title and not force:
                    return IngestOutcome(known, changed=False, passages=0, renamed_from=moved_from)
        written = await self._write(known, text, passport, member_id)
        return replace(written, renamed_from=moved_from)

    async def _write(
        self, known: Document | None, text: SourceText, passport: Passport, member_id: int | None
    ) -> IngestOutcome:
        if self._rules is None:
            self._rules = await self._source.chunk_rules(self._project_id)
        rules = rules_for(self._rules, text.type, text.format)
        document = Document(
            id=known.id if known else 0,
            project_id=self._project_id,
            source=text.source,
            title=text.title,
            type=text.type,
            language=text.language,
            content_hash=text.content_hash,
            version=known.version if known else 1,
            date=text.date,
            author=text.author,
            format=text.format,
            pages=len(text.page_starts) or None,
            chunking=rules.signature,
            passport=_carried_over(known, replace(passport, flags=text.flags)),
        )
        passages = await asyncio.to_thread(cut, document, text.text, text.page_starts, rules)
        drawn = await asyncio.to_thread(sketch, text.text)
        content = DocumentContent(text.text, text.page_starts, drawn, member_id)
        former = await self._source.passage_ids(known.id) if known else ()
        written = await self._source.put(document, passages, content)
        self.left_over += former
        reached(FailPoint.DOCUMENT_STORED)
        return IngestOutcome(written, changed=True, passages=len(passages), near=await self._near(written, drawn))

    async def _near(self, document: Document, drawn: bytes) -> tuple[Document, ...]:
        if self._sketches is None:
            self._sketches = await asyncio.to_thread(Sketches, await self._source.sketches(self._project_id))
        self._sketches.put(document.id, drawn)
        ids = self._sketches.alike(document.id)
        found = [await self._source.get(document_id) for document_id in ids]
        return tuple(one for one in found if one is not None)


def _is_moved(document: Document, is_gone: IsGone) -> bool:
    """Only what came from a folder can be missing there."""
    return document.passport.origin is DocumentOrigin.FOLDER and is_gone(document.source)


def _carried_over(known: Document | None, given: Passport) -> Passport:
    """What nobody said anew stays as it was said: owner, note, validity."""
    if known is None:
        return given
    own = {field.name: getattr(given, field.name) for field in fields(Passport)}
    said = {name: value for name, value in own.items() if value is not None}
    return replace(known.passport, **{**_OF_ONE_FILE, **said})
