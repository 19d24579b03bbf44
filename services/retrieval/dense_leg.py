"""The dense leg: the question as a vector, and its nearest neighbours, within the patience of who asks."""

import asyncio
from collections.abc import Sequence

from services.domain.errors import CallRefused, KnowledgeUnavailable
from services.domain.knowledge import Passage
from services.domain.language import Language, detect_language
from services.domain.usage import CallContext
from services.retrieval.ballot import DENSE, Ballot, Wanted, bottom, document_of
from services.retrieval.embedding_state import EmbeddingState
from services.retrieval.index_readiness import IndexReadiness
from services.retrieval.ports import Embedder, Scored, VectorIndex

_DEEPER = 8
"""Times as many neighbours when those found are mostly of other documents than the wanted ones."""
_DEEPEST = 4_000
"""Neighbours; asked for that many, Chroma takes tens of milliseconds."""


class DenseLeg:
    def __init__(self, vectors: VectorIndex | None, embedder: Embedder | None, readiness: IndexReadiness) -> None:
        self._vectors = vectors
        self._readiness = readiness
        self._embedder = embedder
        self.state = EmbeddingState(embedder if vectors else None)

    @property
    def languages(self) -> frozenset[Language]:
        """In which the model tells texts apart; none without one that is ready."""
        return self._embedder.languages if self._embedder and self.state.ready else frozenset()

    def reads(self, passage: Passage) -> bool:
        """The model would place texts that it cannot read at random."""
        return self._embedder is not None and passage.language in self._embedder.languages

    async def ask(self, wanted: Wanted, patience: float, asked_by: CallContext) -> Ballot:
        embedder, vectors = self._embedder, self._vectors
        if embedder is None or vectors is None:
            return Ballot(DENSE, problem="dense: no model")
        if (abstention := await self._abstention(wanted, embedder)) is not None:
            return abstention
        try:
            async with asyncio.timeout(patience):
                vector = await embedder.embed_query(wanted.query, asked_by)
                found = await _nearest(vectors, embedder.model, vector, wanted)
        except TimeoutError:
            return Ballot(DENSE, problem="dense: slow", failed=True)
        except (KnowledgeUnavailable, CallRefused) as error:
            why = error.code if isinstance(error, CallRefused) else "unavailable"
            return Ballot(DENSE, problem=f"dense: {why}", failed=True)
        found = found if found and found[0].score >= embedder.floor else ()
        return Ballot(DENSE, found, bottom(found, wanted.depth), query=wanted.query)

    async def _abstention(self, wanted: Wanted, embedder: Embedder) -> Ballot | None:
        """Known before anything is asked."""
        if not self.state.ready:
            return Ballot(DENSE, problem=f"dense: {self.state.code}", failed=True)
        if detect_language(wanted.query) not in embedder.languages:
            return Ballot(DENSE, problem="dense: language")
        if not await self._readiness.is_built(wanted.project_id, embedder.model):
            return Ballot(DENSE, problem="dense: building", failed=True)
        return None


async def _nearest(vectors: VectorIndex, model: str, vector: Sequence[float], wanted: Wanted) -> Sequence[Scored]:
    """Of the documents that count. Deeper in steps, because a condition in Chroma itself costs ten times the search."""
    if wanted.within is None:
        return await vectors.search(wanted.project_id, model, vector, wanted.depth)
    asked = wanted.depth
    while True:
        found = await vectors.search(wanted.project_id, model, vector, asked)
        kept = [one for one in found if document_of(one.passage_id) in wanted.within]
        if len(kept) >= wanted.depth or len(found) < asked or asked >= _DEEPEST:
            return kept[: wanted.depth]
        asked = min(asked * _DEEPER, _DEEPEST)
