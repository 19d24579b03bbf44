"""The retrieval ports in memory, under the same contract suites as their adapters."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence

from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.analysis import stem, words
from services.retrieval.ballot import document_of
from services.retrieval.ports import PassageSource, Scored
from tests.fakes.passage_source import MemoryPassageSource

__all__ = ["HashingEmbedder", "MemoryKeywordIndex", "MemoryPassageSource", "MemoryVectorIndex"]


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

    async def drop_others(self, project_id: int, model: str) -> None:
        self._check()
        for key in [key for key in self._vectors if key[0] == project_id and key[1] != model]:
            del self._vectors[key]

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
