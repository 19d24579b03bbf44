"""The knowledge base in memory, under the same contract suite as the one in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.domain.admission import admits
from services.domain.chunk_rules import ChunkRules
from services.domain.document_history import DocumentContent
from services.domain.knowledge import Document, Passage, SearchFilters
from services.domain.language import Language


@dataclass(frozen=True)
class MemoryChanges:
    written: tuple[Passage, ...]
    deleted: tuple[str, ...]
    last_change: int


class MemoryPassageSource:
    """What SQL does, with one counter for all changes."""

    def __init__(self) -> None:
        self._documents: dict[int, Document] = {}
        self._contents: dict[int, DocumentContent] = {}
        self._files: dict[int, set[str]] = {}
        self._passages: dict[str, Passage] = {}
        self._tombstones: dict[int, str] = {}
        self._embedded: set[tuple[str, str]] = set()
        self._kept: dict[tuple[str, str], bytes] = {}
        self._built: set[tuple[int, str]] = set()
        self._change = 0
        self._last_id = 0
        self.rules: dict[int, dict[str, ChunkRules]] = {}
        self.reads_of_changes = 0

    async def changes_since(self, change: int, limit: int = 1000) -> MemoryChanges:
        self.reads_of_changes += 1
        entries: dict[int, Passage | str] = {passage.change: passage for passage in self._passages.values()}
        entries |= self._tombstones
        numbers = sorted(number for number in entries if number > change)[:limit]
        chosen = [entries[number] for number in numbers]
        return MemoryChanges(
            written=tuple(entry for entry in chosen if isinstance(entry, Passage)),
            deleted=tuple(entry for entry in chosen if isinstance(entry, str)),
            last_change=numbers[-1] if numbers else change,
        )

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        return [self._passages[passage_id] for passage_id in ids if passage_id in self._passages]

    async def passages_of(self, document_id: int) -> Sequence[Passage]:
        mine = (passage for passage in self._passages.values() if passage.document_id == document_id)
        return sorted(mine, key=lambda passage: passage.position)

    async def passage_ids(self, document_id: int) -> Sequence[str]:
        return [passage.id for passage in await self.passages_of(document_id)]

    async def unembedded(self, project_id: int, model: str, limit: int = 256, after_id: str = "") -> Sequence[Passage]:
        return [one for one in self._pending(project_id, model) if one.id > after_id][:limit]

    async def count_unembedded(self, project_id: int, model: str) -> int:
        return len(self._pending(project_id, model))

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None:
        self._embedded |= {(passage_id, model) for passage_id in ids if passage_id in self._passages}

    async def unmark(self, project_id: int, model: str) -> None:
        self._embedded -= {(passage.id, model) for passage in self._of(project_id)}

    async def kept_vectors(self, model: str, text_hashes: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self._kept[model, key] for key in text_hashes if (model, key) in self._kept}

    async def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        for key, vector in vectors.items():
            self._kept.setdefault((model, key), vector)

    async def drop_kept(self, project_id: int, model: str) -> None:
        for passage in self._of(project_id):
            self._kept.pop((model, passage.text_hash or ""), None)

    async def is_built(self, project_id: int, model: str) -> bool:
        return (project_id, model) in self._built

    async def set_built(self, project_id: int, model: str, *, is_built: bool) -> None:
        if not is_built:
            self._built.discard((project_id, model))
            return
        self._built = {one for one in self._built if one[0] != project_id} | {(project_id, model)}
        mine = {passage.id for passage in self._of(project_id)}
        self._embedded = {one for one in self._embedded if one[0] not in mine or one[1] == model}
        used = {model} | {one[1] for one in self._embedded}
        self._kept = {key: vector for key, vector in self._kept.items() if key[0] in used}

    async def get(self, document_id: int) -> Document | None:
        return self._documents.get(document_id)

    async def by_source(self, project_id: int, source: str) -> Document | None:
        return next((document for document in await self.list(project_id) if document.source == source), None)

    async def by_content(self, project_id: int, content_hash: str) -> Sequence[Document]:
        same = [document for document in await self.list(project_id) if document.content_hash == content_hash]
        return sorted(same, key=lambda document: document.id)

    async def put(
        self, document: Document, passages: Sequence[Passage], content: DocumentContent | None = None
    ) -> Document:
        known = self._documents.get(document.id) or await self.by_source(document.project_id, document.source)
        if known is None:
            self._last_id += 1
            document = replace(document, id=self._last_id, version=1)
        else:
            document = replace(document, id=known.id, version=known.version + 1)
        if document.passport.file_key:
            self._files.setdefault(document.id, set()).add(document.passport.file_key)
        self._contents.pop(document.id, None)
        return self._write(document, passages, content)

    async def recut(self, document: Document, passages: Sequence[Passage], content: DocumentContent) -> Document | None:
        known = self._documents.get(document.id)
        if known is None or known.version != document.version:
            return None
        next_one = replace(known, version=known.version + 1, chunking=document.chunking)
        return self._write(next_one, passages, content)

    async def rename(self, document_id: int, source: str) -> Document | None:
        known = self._documents.get(document_id)
        if known is None or await self.by_source(known.project_id, source):
            return None
        self._documents[document_id] = replace(known, source=source)
        for passage in await self.passages_of(document_id):
            self._passages[passage.id] = replace(passage, source=source)
        return self._documents[document_id]

    async def delete(self, document_id: int) -> Sequence[str]:
        self._documents.pop(document_id, None)
        self._contents.pop(document_id, None)
        self._files.pop(document_id, None)
        buried = self._bury(document_id)
        self._drop_unneeded(buried)
        return [passage.id for passage in buried]

    async def content(self, document_id: int) -> DocumentContent | None:
        return self._contents.get(document_id)

    async def sketches(self, project_id: int) -> Mapping[int, bytes]:
        mine = (document.id for document in await self.list(project_id))
        return {key: drawn for key in mine if key in self._contents and (drawn := self._contents[key].sketch)}

    async def own_files(self, document_id: int) -> Sequence[str]:
        others = (keys for key, keys in self._files.items() if key != document_id)
        return sorted(self._files.get(document_id, set()).difference(*others))

    async def chunk_rules(self, project_id: int) -> Mapping[str, ChunkRules]:
        return self.rules.get(project_id, {})

    async def cuts(self, project_id: int) -> Sequence[tuple[str, str, str]]:
        return sorted({(one.type, one.format, one.chunking) for one in await self.list(project_id)})

    async def list(self, project_id: int) -> Sequence[Document]:
        mine = (document for document in self._documents.values() if document.project_id == project_id)
        return sorted(mine, key=lambda document: document.source)

    async def count_passages(self, project_id: int) -> int:
        return len(self._of(project_id))

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        return [passage for passage in self._of(project_id) if passage.id > after_id][:limit]

    async def languages(self, project_id: int) -> frozenset[Language]:
        return frozenset(one.language for one in await self.list(project_id))

    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        return frozenset(
            one.id
            for one in await self.list(project_id)
            if admits(
                filters,
                dated=one.date,
                added=one.passport.added_at,
                author=one.author,
                type_=one.type,
                format_=one.format,
            )
        )

    def _write(self, document: Document, passages: Sequence[Passage], content: DocumentContent | None) -> Document:
        former = self._bury(document.id)
        self._documents[document.id] = document
        if content is not None:
            self._contents[document.id] = content
        for passage in passages:
            passage_id = f"{document.id}:{document.version}:{passage.position}"
            self._passages[passage_id] = replace(
                passage,
                id=passage_id,
                document_id=document.id,
                project_id=document.project_id,
                title=document.title,
                source=document.source,
                change=self._next(),
            )
        self._drop_unneeded(former)
        return document

    def _pending(self, project_id: int, model: str) -> Sequence[Passage]:
        return [passage for passage in self._of(project_id) if (passage.id, model) not in self._embedded]

    def _of(self, project_id: int) -> Sequence[Passage]:
        mine = (passage for passage in self._passages.values() if passage.project_id == project_id)
        return sorted(mine, key=lambda passage: passage.id)

    def _bury(self, document_id: int) -> Sequence[Passage]:
        buried = [one for one in self._passages.values() if one.document_id == document_id]
        for passage in buried:
            del self._passages[passage.id]
            self._tombstones[self._next()] = passage.id
        return buried

    def _drop_unneeded(self, buried: Sequence[Passage]) -> None:
        gone = {passage.text_hash for passage in buried} - {passage.text_hash for passage in self._passages.values()}
        self._kept = {key: vector for key, vector in self._kept.items() if key[1] not in gone}

    def _next(self) -> int:
        self._change += 1
        return self._change
