"""Embedding in a process that does it for all: one project at a time, and it can be stopped within seconds."""

import asyncio

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.ingestion import Ingestion
from services.retrieval.ports import Embedder

_GRACE_SECONDS = 3.0


class EmbeddingTurns:
    """Lives on one event loop. `stop` stops `ingestion` too."""

    def __init__(
        self,
        ingestion: Ingestion,
        embedder: Embedder | None,
        *,
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        self._ingestion = ingestion
        self._embedder = embedder
        self._grace = grace_seconds
        self._turn = asyncio.Lock()  # two at once would compute the same vectors twice
        self._limits: set[asyncio.Timeout] = set()
        self._answers = False
        self._is_embedding = False
        self.is_stopping = False

    def stop(self) -> None:
        """Who waits returns at once, who embeds after the batch under way or when the grace is over. What is left is
        found in SQL by the next run. Call it on the event loop."""
        self.is_stopping = True
        self._ingestion.stop()
        when = asyncio.get_running_loop().time() + (self._grace if self._is_embedding else 0.0)
        for limit in self._limits:
            limit.reschedule(when)

    async def embed(self, project_id: int) -> int:
        """Vectors written; before that, documents are cut by the present rules. Raises KnowledgeUnavailable, soon,
        while the model is being loaded; ModelFailed when waiting does not help."""
        if self.is_stopping:
            return 0
        try:
            async with asyncio.timeout(None) as limit:
                self._limits.add(limit)
                try:
                    return await self._in_turn(project_id)
                finally:
                    self._limits.discard(limit)
        except TimeoutError:
            if not self.is_stopping:
                raise
            return 0

    async def _in_turn(self, project_id: int) -> int:
        async with self._turn:
            await self._ask_model()
            self._is_embedding = True
            try:
                await self._ingestion.recut(project_id)
                return await self._ingestion.embed_pending(project_id)
            except KnowledgeUnavailable:
                self._answers = False
                raise
            finally:
                self._is_embedding = False

    async def _ask_model(self) -> None:
        """A question is answered at once, where embedding would try again and again."""
        if self._embedder is not None and not self._answers:
            await self._embedder.warm_up()
            self._answers = True
