"""Which documents somebody should look at, of all projects: read when the digest is sent."""

from dataclasses import dataclass
from datetime import datetime

from services.assistant.budgets.team_days import TeamDays
from services.domain.catalogue import CatalogueEntry
from services.store.ports import Store

SHOWN = 10


@dataclass(frozen=True, slots=True)
class StaleReport:
    entries: tuple[CatalogueEntry, ...]
    """Those that expired first."""
    total: int
    now: datetime
    """By the clock of the team."""


class ReportStaleDocuments:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, telegram_id: int) -> StaleReport | None:
        """None: nobody with this id is an administrator (any more)."""
        now = self._days.now()
        async with self._store.reading() as tx:
            reader = await tx.members.by_telegram_id(telegram_id)
            if reader is None or not reader.may_administer:
                return None
            entries = await tx.catalogue.stale(now, SHOWN)
            return StaleReport(tuple(entries), await tx.catalogue.count_stale(now), now)
