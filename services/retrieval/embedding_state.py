"""Whether the embedding model can be asked, and why not."""

import asyncio
import time
from collections.abc import Mapping

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.ports import Embedder

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0


class EmbeddingState:
    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._asked = False
        self._reason = ""
        self.ready = False

    @property
    def code(self) -> str:
        """off | loading | ready | unavailable."""
        if self._embedder is None:
            return "off"
        if self.ready:
            return "ready"
        return "unavailable" if self._asked else "loading"

    @property
    def facts(self) -> Mapping[str, str]:
        if self._embedder is None:
            return {"reason": self._reason} if self._reason else {}
        languages = ",".join(sorted(self._embedder.languages))
        facts = {"model": self._embedder.model, "languages": languages, "reason": self._reason}
        return {name: value for name, value in facts.items() if value}

    def note(self, reason: str) -> None:
        self._reason = reason

    async def wait_for_model(self, patience_seconds: float | None) -> None:
        """Asks again and again, ever more seldom, until the model answers or patience ends."""
        if self._embedder is None:
            return
        deadline = None if patience_seconds is None else time.monotonic() + patience_seconds
        pause = _FIRST_PAUSE_SECONDS
        while not self.ready:
            try:
                await self._embedder.warm_up()
            except KnowledgeUnavailable as error:
                self._asked, self._reason = True, str(error)
            else:
                self.ready, self._reason = True, ""
                return
            if deadline is not None and time.monotonic() + pause > deadline:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
