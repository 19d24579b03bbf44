"""Find what the knowledge base has to say about the brief, and record what the model will be shown."""

from dataclasses import dataclass, replace

from loguru import logger

from services.assistant.stages.run import Run
from services.domain.brief import Task
from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Hit
from services.retrieval.service import TASK, RetrievalService

PASSAGES_FOR = {Task.IDEA: 8, Task.ASK: 6}
MATERIAL_IN_QUERY = 600
"""Characters: the subject stands at the beginning, and a long query finds everything a little."""


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    ungrounded: bool = False
    """No search leg answered."""


class Retrieve:
    def __init__(self, retrieval: RetrievalService) -> None:
        self._retrieval = retrieval

    async def __call__(self, run: Run) -> Found:
        """Ideas can do without the knowledge base, and then say so; an answer cannot: raises KnowledgeUnavailable."""
        material = (run.brief.material or "")[:MATERIAL_IN_QUERY]
        query = "\n".join(filter(None, (run.brief.text, run.generation.instruction, material)))
        try:
            # Of no lease: a run that is over may end its search.
            asked_by = replace(run.call_context, task=TASK, lease_token=None)
            limit = PASSAGES_FOR[run.brief.task]
            result = await self._retrieval.search(run.project.id, query, limit=limit, context=asked_by)
        except KnowledgeUnavailable:
            if run.brief.task is Task.ASK:
                raise
            logger.warning("no search leg answered: ideas without the knowledge base")
            return Found((), ungrounded=True)
        if result.degraded:
            logger.debug("search went on without a leg: {}", result.degraded)
        return Found(result.hits)
