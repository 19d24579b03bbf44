"""Drafts to be found again, as the use cases see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.domain.cached_draft import CachedDraft


class CachedDrafts(Protocol):
    """What is found was made since a moment, and people did not turn away from it: a draft that was rejected, sent back
    or regenerated is never offered again."""

    async def knowledge_version(self, project_id: int) -> str:
        """Differs after every change of the project's knowledge, and only then."""
        ...

    async def exact(self, exact_key: str, since: datetime) -> CachedDraft | None: ...
    async def alike(self, shelf: str, form: str, since: datetime, limit: int = 3) -> Sequence[CachedDraft]:
        """Newest first."""
        ...

    async def paid_for(self, generation_id: int) -> int | None:
        """What all calls for this attempt have cost, in micro-dollars; None where a price is not known."""
        ...

    async def keep(self, draft: CachedDraft) -> None:
        """In place of an older one of the same exact key."""
        ...

    async def purge(self, before: datetime) -> int:
        """How many are gone. Attempts stay."""
        ...
