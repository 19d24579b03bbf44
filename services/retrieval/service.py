"""Search: keyword and dense legs side by side, fused by rank, and nothing at all when nothing was found."""

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.domain.errors import CallRefused, KnowledgeUnavailable
from services.domain.knowledge import Hit, Passage, SearchMode, SearchResult
from services.domain.language import detect_language
from services.domain.usage import CallContext
from services.retrieval.embedding_state import EmbeddingState
from services.retrieval.evidence import speaks_of
from services.retrieval.fusion import Vote, fuse
from services.retrieval.ports import Embedder, KeywordIndex, PassageSource, Scored, VectorIndex

TASK = "search"
"""In the ledger."""
_KEYWORD, _DENSE = "keyword", "dense"
_WEIGHTS = {_KEYWORD: 1.0, _DENSE: 0.7}
"""With the bundled model, English: anything from 0.4 to 1.0 gives recall@1 of 0.958 to 0.964."""
_SURE = {_KEYWORD: 0.6, _DENSE: 0.0}
"""Keyword scores are shares of the best thinkable match: three of four answerable questions reach 0.62. Where the words
of the question are not the words of the answer they stay below, and the model decides. Cosines mean something else with
every model, so none of them is a sure find."""
_CONVINCING = 0.26
"""Keyword score of a best passage that needs no further evidence: one of ten questions about something else has one."""
_CANDIDATES = 3
"""Times the limit that each leg is asked for: some go to the gate, and fusion finds what both have lower down."""
_DENSE_PATIENCE_SECONDS = 0.3
"""A bundled model needs about 10 ms, a provider about 150; a person should not wait for a slow one."""
_FRESH_SECONDS = 0.2
"""How old the keyword replica may be when it is asked: caps the reads of SQL at five a second."""


@dataclass(frozen=True, slots=True)
class _Ballot:
    leg: str
    found: Sequence[Scored] = ()
    """Best first."""
    bottom: float = 0.0
    """See `Vote`."""
    problem: str | None = None
    failed: bool = False
    """True: the leg broke; False with a problem: it was not meant to vote."""


class RetrievalService:
    """Indexes propose passage ids; texts come from SQL, so a stale index can show neither a deleted passage nor one of
    another project."""

    def __init__(
        self,
        source: PassageSource,
        keyword: KeywordIndex,
        vectors: VectorIndex | None,
        embedder: Embedder | None,
        *,
        dense_patience_seconds: float = _DENSE_PATIENCE_SECONDS,
    ) -> None:
        self._source = source
        self._keyword = keyword
        self._vectors = vectors
        self._embedder = embedder
        self._patience = dense_patience_seconds
        self._fresh_until = 0.0
        self._state = EmbeddingState(embedder if vectors else None)

    @property
    def embedding_state(self) -> str:
        """off | loading | ready | unavailable."""
        return self._state.code

    @property
    def embedding_facts(self) -> Mapping[str, str]:
        """For the status page and the log: `model`, `languages` (codes), `reason` (why it is not ready)."""
        return self._state.facts

    async def warm_up(self, patience_seconds: float | None = None) -> None:
        """Catch the keyword replica up, then wait for the embedding model, for as long as it takes unless told: start
        it beside the product, not before it. Raises only what SQL raises."""
        try:
            await self._keyword.catch_up(self._source)
        except KnowledgeUnavailable as error:
            self._state.note(str(error))
        await self._state.wait_for_model(patience_seconds)

    async def search(
        self,
        project_id: int,
        query: str,
        *,
        limit: int = 8,
        mode: SearchMode = SearchMode.HYBRID,
        dense_patience_seconds: float | None = None,
        context: CallContext | None = None,
    ) -> SearchResult:
        """Raises KnowledgeUnavailable when every leg that was asked for broke. `dense_patience_seconds`: for callers
        that are no chat and rather wait. `context`: who asks, for the ledger."""
        if not query.strip() or limit < 1:
            return SearchResult(query, mode, ())
        patience = dense_patience_seconds or self._patience
        asked_by = context or CallContext(TASK, project_id=project_id)
        ballots = await self._vote(project_id, query, limit * _CANDIDATES, mode, patience, asked_by)
        problems = [ballot.problem for ballot in ballots if ballot.problem]
        if all(ballot.failed for ballot in ballots):
            raise KnowledgeUnavailable("; ".join(problems))
        texts = await self._load(project_id, ballots)
        hits = self._hits(query, ballots, texts)
        return SearchResult(query, mode, tuple(hits[:limit]), "; ".join(problems) or None)

    async def _vote(
        self, project_id: int, query: str, depth: int, mode: SearchMode, patience: float, asked_by: CallContext
    ) -> list[_Ballot]:
        legs: list[Coroutine[Any, Any, _Ballot]] = []
        if mode is not SearchMode.DENSE:
            legs.append(self._ask_keyword(project_id, query, depth))
        if mode is not SearchMode.KEYWORD:
            legs.append(self._ask_dense(project_id, query, depth, patience, asked_by))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(leg) for leg in legs]
        return [task.result() for task in tasks]

    async def _ask_keyword(self, project_id: int, query: str, depth: int) -> _Ballot:
        try:
            if time.monotonic() >= self._fresh_until:
                await self._keyword.catch_up(self._source)
                self._fresh_until = time.monotonic() + _FRESH_SECONDS
            found = await self._keyword.search(project_id, query, depth)
            return _Ballot(_KEYWORD, found, _bottom(found, depth))
        except KnowledgeUnavailable:
            return _Ballot(_KEYWORD, problem="keyword: unavailable", failed=True)

    async def _ask_dense(
        self, project_id: int, query: str, depth: int, patience: float, asked_by: CallContext
    ) -> _Ballot:
        embedder, vectors = self._embedder, self._vectors
        if embedder is None or vectors is None:
            return _Ballot(_DENSE, problem="dense: no model")
        if not self._state.ready:
            return _Ballot(_DENSE, problem=f"dense: {self._state.code}", failed=True)
        if detect_language(query) not in embedder.languages:
            return _Ballot(_DENSE, problem="dense: language")
        try:
            async with asyncio.timeout(patience):
                vector = await embedder.embed_query(query, asked_by)
                found = await vectors.search(project_id, embedder.model, vector, depth)
        except TimeoutError:
            return _Ballot(_DENSE, problem="dense: slow", failed=True)
        except (KnowledgeUnavailable, CallRefused) as error:
            why = error.code if isinstance(error, CallRefused) else "unavailable"
            return _Ballot(_DENSE, problem=f"dense: {why}", failed=True)
        return _Ballot(_DENSE, found if found and found[0].score >= embedder.floor else (), _bottom(found, depth))

    async def _load(self, project_id: int, ballots: Sequence[_Ballot]) -> dict[str, Passage]:
        wanted = dict.fromkeys(scored.passage_id for ballot in ballots for scored in ballot.found)
        passages = await self._source.passages(list(wanted)) if wanted else ()
        return {passage.id: passage for passage in passages if passage.project_id == project_id}

    def _hits(self, query: str, ballots: Sequence[_Ballot], texts: Mapping[str, Passage]) -> list[Hit]:
        votes: dict[str, Vote] = {}
        for ballot in ballots:
            found = [(scored, texts[scored.passage_id]) for scored in ballot.found if scored.passage_id in texts]
            if ballot.leg == _DENSE:
                found = [(scored, passage) for scored, passage in found if self._is_read_by_model(passage)]
            elif not _answers(query, found):
                found = []
            ids, scores = [passage.id for _, passage in found], [scored.score for scored, _ in found]
            votes[ballot.leg] = Vote(_WEIGHTS[ballot.leg], ids, scores, ballot.bottom, _SURE[ballot.leg])
        return [Hit(texts[fused.passage_id], fused.score, fused.legs) for fused in fuse(votes)]

    def _is_read_by_model(self, passage: Passage) -> bool:
        """The model would place texts that it cannot read at random."""
        return self._embedder is not None and passage.language in self._embedder.languages


def _answers(query: str, found: Sequence[tuple[Scored, Passage]]) -> bool:
    if found and found[0][0].score >= _CONVINCING:
        return True
    return speaks_of(query, [f"{passage.title} {passage.section} {passage.text}" for _, passage in found])


def _bottom(found: Sequence[Scored], depth: int) -> float:
    return found[-1].score if len(found) >= depth else 0.0
