"""Whether the vector index of a project may vote: half an index would answer for the whole."""

import time

from services.retrieval.ports import PassageSource

_TRUSTED_SECONDS = 5.0
"""How long "built" is believed: a rebuild is noticed within it, and a search seldom pays the question."""


class IndexReadiness:
    def __init__(self, source: PassageSource) -> None:
        self._source = source
        self._built_until: dict[tuple[int, str], float] = {}

    async def is_built(self, project_id: int, model: str) -> bool:
        """Documents that came since do not count: their vectors are on their way, and their words are found."""
        key = (project_id, model)
        if time.monotonic() < self._built_until.get(key, 0.0):
            return True
        if not await self._source.is_built(project_id, model):
            return False
        self._built_until[key] = time.monotonic() + _TRUSTED_SECONDS
        return True
