"""Search: keyword and dense legs side by side, fused by score, and nothing at all when nothing was found."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Hit, Passage, SearchFilters, SearchMode, SearchResult
from services.domain.usage import CallContext
from services.retrieval.ballot import DENSE, KEYWORD, Ballot, Wanted
from services.retrieval.dense_leg import DenseLeg
from services.retrieval.diversity import spread
from services.retrieval.evidence import speaks_of
from services.retrieval.fusion import Vote, fuse
from services.retrieval.index_readiness import IndexReadiness
from services.retrieval.keyword_leg import KeywordLeg
from services.retrieval.ports import Embedder, KeywordIndex, PassageSource, Scored, VectorIndex
from services.retrieval.reranking import Reranker, Reranking
from services.retrieval.second_language import QueryTranslator, SecondLanguage, as_translated

TASK = "search"
"""In the ledger."""
_WEIGHTS = {KEYWORD: 1.0, DENSE: 0.7}
"""With the bundled model, English: anything from 0.4 to 1.0 gives recall@1 of 0.958 to 0.964."""
_SURE = {KEYWORD: 0.6, DENSE: 0.0}
"""Keyword scores are shares of the best thinkable match: three of four answerable questions reach 0.62. Where the words
of the question are not the words of the answer they stay below, and the model decides. Cosines mean something else with
every model, so none of them is a sure find."""
_CONVINCING = 0.26
"""Keyword score of a best passage that needs no further evidence: one of ten questions about something else has one."""
_CANDIDATES = 3
"""Times the limit that each leg is asked for: some go to the gate, and fusion finds what both have lower down."""
_DENSE_PATIENCE_SECONDS = 0.3
"""A bundled model needs about 10 ms, a provider about 150; a person should not wait for a slow one."""


@dataclass(frozen=True, slots=True)
class _Found:
    ballots: list[Ballot]
    texts: dict[str, Passage]
    problems: list[str]
    translated: str | None

    @property
    def is_crowded(self) -> bool:
        """Half of what a leg proposes cannot be shown: documents that do not hold today stand in the way."""
        return any(2 * sum(one.passage_id in self.texts for one in leg.found) < len(leg.found) for leg in self.ballots)


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
        translator: QueryTranslator | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """`translator`: None where nobody translates. `reranker`: None where what is found is not ranked anew."""
        self._source = source
        self._keyword = KeywordLeg(keyword, source)
        self._dense = DenseLeg(vectors, embedder, IndexReadiness(source))
        self._second_language = SecondLanguage(translator, source)
        self._rerank = Reranking(reranker)
        self._patience = dense_patience_seconds

    @property
    def embedding_state(self) -> str:
        """off | loading | ready | unavailable."""
        return self._dense.state.code

    @property
    def embedding_facts(self) -> Mapping[str, str]:
        """For the status page and the log: `model`, `languages` (codes), `reason` (why it is not ready)."""
        return self._dense.state.facts

    async def warm_up(self, patience_seconds: float | None = None) -> None:
        """Catch the keyword replica up, then wait for the embedding model, for as long as it takes unless told: start
        it beside the product, not before it. Raises only what SQL raises."""
        try:
            await self._keyword.catch_up()
        except KnowledgeUnavailable as error:
            self._dense.state.note(str(error))
        await self._dense.state.wait_for_model(patience_seconds)

    async def search(
        self,
        project_id: int,
        query: str,
        *,
        limit: int = 8,
        mode: SearchMode = SearchMode.HYBRID,
        filters: SearchFilters | None = None,
        in_all_languages: bool = True,
        dense_patience_seconds: float | None = None,
        context: CallContext | None = None,
    ) -> SearchResult:
        """Raises KnowledgeUnavailable when every leg that was asked for broke. `dense_patience_seconds`: for callers
        that are no chat and rather wait. `context`: who asks, for the ledger. `in_all_languages` False: material, not
        an answer, is wanted; the other language is looked at only where nothing is written in the query's own."""
        within = await self._source.admitted(project_id, filters) if filters else None
        if not query.strip() or limit < 1 or within == frozenset():
            return SearchResult(query, mode, ())
        wanted = Wanted(project_id, query, limit * _CANDIDATES, within, in_all_languages)
        asked_by = context or CallContext(TASK, project_id=project_id)
        patience = dense_patience_seconds or self._patience
        found = await self._find(wanted, mode, patience, asked_by)
        if within is None and found.is_crowded:
            holding = await self._source.admitted(project_id, SearchFilters())
            found = await self._find(replace(wanted, within=holding), mode, patience, asked_by)
        problems, translated, hits = found.problems, found.translated, self._hits(found.ballots, found.texts)
        if mode is SearchMode.HYBRID:
            hits, trouble = await self._rerank(query, hits)
            problems += [trouble] if trouble else []
        return SearchResult(query, mode, tuple(spread(hits, limit)), "; ".join(problems) or None, translated)

    async def _find(self, wanted: Wanted, mode: SearchMode, patience: float, asked_by: CallContext) -> "_Found":
        ballots = await self._vote(wanted, mode, patience, asked_by)
        problems = [ballot.problem for ballot in ballots if ballot.problem]
        if all(ballot.failed for ballot in ballots):
            raise KnowledgeUnavailable("; ".join(problems))
        translated = None
        if mode is SearchMode.HYBRID:
            translated = await self._second_language.query_for(wanted, ballots, self._dense.languages, asked_by)
        if translated:
            further = await self._vote(replace(wanted, query=translated), mode, patience, asked_by)
            ballots += [as_translated(ballot) for ballot in further]
        return _Found(ballots, await self._load(wanted, ballots), problems, translated)

    async def _vote(self, wanted: Wanted, mode: SearchMode, patience: float, asked_by: CallContext) -> list[Ballot]:
        legs: list[Coroutine[Any, Any, Ballot]] = []
        if mode is not SearchMode.DENSE:
            legs.append(self._keyword.ask(wanted))
        if mode is not SearchMode.KEYWORD:
            legs.append(self._dense.ask(wanted, patience, asked_by))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(leg) for leg in legs]
        return [task.result() for task in tasks]

    async def _load(self, wanted: Wanted, ballots: Sequence[Ballot]) -> dict[str, Passage]:
        ids = dict.fromkeys(scored.passage_id for ballot in ballots for scored in ballot.found)
        passages = await self._source.passages(list(ids)) if ids else ()
        return {passage.id: passage for passage in passages if passage.project_id == wanted.project_id}

    def _hits(self, ballots: Sequence[Ballot], texts: Mapping[str, Passage]) -> list[Hit]:
        votes: dict[str, Vote] = {}
        for ballot in ballots:
            found = [(scored, texts[scored.passage_id]) for scored in ballot.found if scored.passage_id in texts]
            leg = ballot.leg.rpartition(" ")[2]
            if leg == DENSE:
                found = [(scored, passage) for scored, passage in found if self._dense.reads(passage)]
            elif not _answers(ballot.query, found):
                found = []
            ids, scores = [passage.id for _, passage in found], [scored.score for scored, _ in found]
            votes[ballot.leg] = Vote(ballot.weight * _WEIGHTS[leg], ids, scores, ballot.bottom, _SURE[leg])
        return [Hit(texts[fused.passage_id], fused.score, fused.legs) for fused in fuse(votes)]


def _answers(query: str, found: Sequence[tuple[Scored, Passage]]) -> bool:
    if found and found[0][0].score >= _CONVINCING:
        return True
    return speaks_of(query, [f"{passage.title} {passage.section} {passage.text}" for _, passage in found])
