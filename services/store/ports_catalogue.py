"""The documents as people look through them and look after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.domain.catalogue import CatalogueEntry, CataloguePage, CatalogueQuery, PassportEdit
from services.domain.knowledge import Document


class Catalogue(Protocol):
    async def page(self, query: CatalogueQuery, offset: int, limit: int) -> CataloguePage: ...
    async def lock(self, document_id: int) -> Document | None:
        """Nobody else changes it until the end of the transaction."""
        ...

    async def passages_in(self, document_id: int) -> int: ...
    async def amend(self, document_id: int, edit: PassportEdit, now: datetime) -> Document | None:
        """`now` counts as the time of the last look where none is known, so that a refresh period has a beginning."""
        ...

    async def confirm(self, document_id: int, now: datetime) -> Document | None:
        """Somebody looked at it, and it still holds."""
        ...

    async def stale(self, now: datetime, limit: int) -> Sequence[CatalogueEntry]:
        """Of all projects: those that expired first, then by title. `now`: by the clock of the team."""
        ...

    async def count_stale(self, now: datetime) -> int: ...
