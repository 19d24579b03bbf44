"""The retrieval ports in memory, under the same contract suites as their adapters."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.domain.admission import admits
from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Document, Passage, SearchFilters
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.analysis import stem, words
from services.retrieval.ballot import document_of
from services.retrieval.ports import PassageSource, Scored


@dataclass(frozen=True)
class MemoryChanges:
    written: tuple[Passage, ...]
    deleted: tuple[str, ...]
    last_change: int


class MemoryPassageSource:
    """What SQL does, with one counter for all changes."""

    def __init__(self) -> None:
        self._documents: dict[int, Document] = {}
        self._passages: dict[str, Passage] = {}
        self._tombstones: dict[int, str] = {}
        self._embedded: set[tuple[str, str]] = set()
        self._change = 0
        self._last_id = 0
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

    async def unembedded(self, project_id: int, model: str, limit: int = 256) -> Sequence[Passage]:
        mine = (passage for passage in self._of(project_id) if (passage.id, model) not in self._embedded)
        return list(mine)[:limit]

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None:
        self._embedded |= {(passage_id, model) for passage_id in ids if passage_id in self._passages}

    async def by_source(self, project_id: int, source: str) -> Document | None:
        return next((document for document in await self.list(project_id) if document.source == source), None)

    async def put(self, document: Document, passages: Sequence[Passage]) -> Document:
        known = self._documents.get(document.id)
        if known is None:
            self._last_id += 1
            document = replace(document, id=self._last_id, version=1)
        else:
            document = replace(document, version=known.version + 1)
            self._bury(document.id)
        self._documents[document.id] = document
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
        return document

    async def delete(self, document_id: int) -> None:
        self._bury(document_id)
        self._documents.pop(document_id, None)

    async def list(self, project_id: int) -> Sequence[Document]:
        mine = (document for document in self._documents.values() if document.project_id == project_id)
        return sorted(mine, key=lambda document: document.source)

    async def count_passages(self, project_id: int) -> int:
        return len(self._of(project_id))

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        return [passage for passage in self._of(project_id) if passage.id > after_id][:limit]

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

    def _of(self, project_id: int) -> Sequence[Passage]:
        mine = (passage for passage in self._passages.values() if passage.project_id == project_id)
        return sorted(mine, key=lambda passage: passage.id)

    def _bury(self, document_id: int) -> None:
        for passage in [one for one in self._passages.values() if one.document_id == document_id]:
            del self._passages[passage.id]
            self._tombstones[self._next()] = passage.id

    def _next(self) -> int:
        self._change += 1
        return self._change


class MemoryKeywordIndex:
    """TF-IDF over stems as a share of the best thinkable: the same order of sense as BM25, in a few lines."""

    def __init__(self) -> None:
        self._stems: dict[str, tuple[int, Counter[str]]] = {}
        self._change = 0
        self.broken = False

    async def catch_up(self, source: PassageSource) -> int:
        self._check()
        applied = 0
        while (changes := await source.changes_since(self._change)).last_change > self._change:
            for passage_id in changes.deleted:
                self._stems.pop(passage_id, None)
            for passage in changes.written:
                found = words(f"{passage.title} {passage.section} {passage.text}")
                self._stems[passage.id] = (passage.project_id, Counter(stem(word) for word in found))
            applied += len(changes.deleted) + len(changes.written)
            self._change = changes.last_change
        return applied

    async def search(
        self, project_id: int, query: str, limit: int, within: frozenset[int] | None = None
    ) -> Sequence[Scored]:
        self._check()
        wanted = {stem(word) for word in words(query)}
        everything = sum(self._rarity(one) for one in wanted) or 1.0
        scores = {
            passage_id: sum(_saturated(counts, one) * self._rarity(one) for one in wanted) / everything
            for passage_id, (project, counts) in self._stems.items()
            if project == project_id and wanted & counts.keys()
            if within is None or document_of(passage_id) in within
        }
        return _best(scores, limit)

    def _rarity(self, wanted: str) -> float:
        having = sum(wanted in counts for _, counts in self._stems.values())
        return math.log(1 + len(self._stems) / (1 + having))

    def _check(self) -> None:
        if self.broken:
            raise KnowledgeUnavailable("keyword index: broken on demand")


class MemoryVectorIndex:
    def __init__(self) -> None:
        self._vectors: dict[tuple[int, str], dict[str, Sequence[float]]] = {}
        self.broken = False

    async def upsert(self, project_id: int, model: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        self._check()
        self._vectors.setdefault((project_id, model), {}).update(zip(ids, vectors, strict=True))

    async def delete(self, project_id: int, model: str, ids: Sequence[str]) -> None:
        self._check()
        for passage_id in ids:
            self._vectors.get((project_id, model), {}).pop(passage_id, None)

    async def search(self, project_id: int, model: str, vector: Sequence[float], limit: int) -> Sequence[Scored]:
        self._check()
        stored = self._vectors.get((project_id, model), {})
        return _best({passage_id: _dot(vector, other) for passage_id, other in stored.items()}, limit)

    async def count(self, project_id: int, model: str) -> int:
        self._check()
        return len(self._vectors.get((project_id, model), {}))

    async def ids(self, project_id: int, model: str) -> Sequence[str]:
        self._check()
        return list(self._vectors.get((project_id, model), {}))

    async def drop(self, project_id: int, model: str) -> None:
        self._check()
        self._vectors.pop((project_id, model), None)

    async def ping(self) -> None:
        self._check()

    def _check(self) -> None:
        if self.broken:
            raise KnowledgeUnavailable("vectors: broken on demand")


class HashingEmbedder:
    """A bag of stems thrown into dimensions by a hash: texts with common words are near each other. `thesaurus` makes
    it know synonyms, as a real model does: each word counts as the one it is mapped to."""

    def __init__(
        self,
        model: str = "hashing",
        languages: Iterable[Language] = Language,
        *,
        thesaurus: dict[str, str] | None = None,
        dimensions: int = 256,
    ) -> None:
        self.model = model
        self.floor = 0.05
        self.broken = False
        self.passages_embedded = 0
        self._knows = frozenset(languages)
        self._warm = False
        self._thesaurus = thesaurus or {}
        self._dimensions = dimensions

    @property
    def languages(self) -> frozenset[Language]:
        return self._knows if self._warm else frozenset()

    async def warm_up(self) -> None:
        self._check()
        self._warm = True

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        self._check()
        return self._embed(text)

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        return [await self.embed_query(text, context) for text in texts]

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        self._check()
        self.passages_embedded += len(texts)
        return [self._embed(text) for text in texts]

    def _embed(self, text: str) -> Sequence[float]:
        vector = [1e-6] * self._dimensions
        for word in words(text):
            known = stem(self._thesaurus.get(word, word))
            vector[int(hashlib.sha256(known.encode()).hexdigest(), 16) % self._dimensions] += 1.0
        length = math.sqrt(_dot(vector, vector))
        return [value / length for value in vector]

    def _check(self) -> None:
        if self.broken:
            raise KnowledgeUnavailable("embedding model: broken on demand")


def _best(scores: dict[str, float], limit: int) -> Sequence[Scored]:
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:limit]
    return [Scored(passage_id, score) for passage_id, score in ranked]


def _saturated(counts: Counter[str], stem: str) -> float:
    return counts[stem] / (counts[stem] + 0.3 + 0.01 * counts.total())


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
