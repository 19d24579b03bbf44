"""The keyword leg: a replica that is caught up as often as SQL can bear, and asked."""

import time

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.ballot import KEYWORD, Ballot, Wanted, bottom
from services.retrieval.ports import KeywordIndex, PassageSource

_FRESH_SECONDS = 0.2
"""How old the keyword replica may be when it is asked: caps the reads of SQL at five a second."""


class KeywordLeg:
    def __init__(self, index: KeywordIndex, source: PassageSource) -> None:
        self._index = index
        self._source = source
        self._fresh_until = 0.0

    async def catch_up(self) -> None:
        """Raises KnowledgeUnavailable."""
        await self._index.catch_up(self._source)

    async def ask(self, wanted: Wanted) -> Ballot:
        try:
            if time.monotonic() >= self._fresh_until:
                await self.catch_up()
                self._fresh_until = time.monotonic() + _FRESH_SECONDS
            found = await self._index.search(wanted.project_id, wanted.query, wanted.depth, wanted.within)
            return Ballot(KEYWORD, found, bottom(found, wanted.depth), query=wanted.query)
        except KnowledgeUnavailable:
            return Ballot(KEYWORD, problem="keyword: unavailable", failed=True)
