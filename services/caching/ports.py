"""What tells meanings apart, as the cache sees it."""

from collections.abc import Sequence
from typing import Protocol

from services.domain.language import Language
from services.domain.usage import CallContext


class TextVectors(Protocol):
    @property
    def model(self) -> str:
        """A name that binds vectors, and what was measured with them, to the model that made them."""
        ...

    @property
    def languages(self) -> frozenset[Language]:
        """Which the model knows. Empty until it was examined."""
        ...

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        """Normalised, in their order. `context`: on whose behalf, for the ledger. Raises KnowledgeUnavailable."""
        ...
