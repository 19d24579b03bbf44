"""Find what the knowledge base has to say about the brief, and record what was found."""

from dataclasses import dataclass, replace
from time import perf_counter

from loguru import logger

from services.assistant.stages.run import Run
from services.domain.asked_filters import Asked, read_filters
from services.domain.brief import Task
from services.domain.errors import KnowledgeUnavailable, StoreUnavailable
from services.domain.knowledge import Hit, SearchResult
from services.retrieval.service import TASK, RetrievalService
from services.retrieval.widening import REACH, widen
from services.store.ports import Store
from services.store.ports_searches import FoundPassage, SearchRecord, Span

PASSAGES_FOR = {Task.IDEA: 8, Task.ASK: 6}
MATERIAL_IN_QUERY = 600
"""Characters: the subject stands at the beginning, and a long query finds everything a little."""


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    """With their neighbours: whole thoughts."""
    ungrounded: bool = False
    """No search leg answered."""
    bare: tuple[Hit, ...] = ()
    """The same without neighbours: where there is no room for more."""


class Retrieve:
    def __init__(self, retrieval: RetrievalService, store: Store) -> None:
        self._retrieval = retrieval
        self._store = store

    async def __call__(self, run: Run) -> Found:
        """Ideas can do without the knowledge base, and then say so; an answer cannot: raises KnowledgeUnavailable.
        Raises FilterUnclear."""
        asked = read_filters(run.brief.text) if run.brief.task is Task.ASK else Asked(run.brief.text)
        material = (run.brief.material or "")[:MATERIAL_IN_QUERY]
        query = "\n".join(filter(None, (asked.text, run.generation.instruction, material)))
        began = perf_counter()
        try:
            # Of no lease: a run that is over may end its search.
            asked_by = replace(run.call_context, task=TASK, lease_token=None)
            limit = PASSAGES_FOR[run.brief.task]
            result = await self._retrieval.search(
                run.project.id,
                query,
                limit=limit,
                filters=asked.filters,
                in_all_languages=run.brief.task is Task.ASK,
                context=asked_by,
            )
        except KnowledgeUnavailable:
            if run.brief.task is Task.ASK:
                raise
            logger.warning("no search leg answered: ideas without the knowledge base")
            return Found((), ungrounded=True)
        if result.degraded:
            logger.debug("search went on without a leg: {}", result.degraded)
        await self._keep(run, asked, result, round((perf_counter() - began) * 1000))
        return Found(await self._widened(result.hits), bare=result.hits)

    async def _widened(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        at = ((hit.passage.document_id, hit.passage.position) for hit in hits)
        spans = [Span(document_id, position - REACH, position + REACH) for document_id, position in at]
        try:
            async with self._store.reading() as tx:
                around = await tx.passage_lookup.around(spans)
        except StoreUnavailable:
            return hits
        return tuple(widen(hits, around))

    async def _keep(self, run: Run, asked: Asked, result: SearchResult, latency_ms: int) -> None:
        record = SearchRecord(
            run.project.id,
            result.query,
            tuple(FoundPassage(hit.passage.id, round(hit.score, 4), hit.legs) for hit in result.hits),
            latency_ms,
            generation_id=run.call_context.generation_id,
            translated=result.translated,
            filters=asked.filters,
            degraded=result.degraded,
        )
        try:
            async with self._store.transaction() as tx:
                await tx.searches.add(record)
        except StoreUnavailable:
            logger.warning("the search is not written down: the database is away")
