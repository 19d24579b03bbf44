"""How often administrators want to hear of it: as an administrator said in the chat, else as the settings say."""

from dataclasses import dataclass
from datetime import datetime

from services.domain.digest import DigestCadence, DigestDays, DigestPlan, hour_of, latest
from services.store.ports import Transaction

CHOSEN = "spend_digest"


@dataclass(frozen=True, slots=True)
class ChosenDigest:
    cadence: DigestCadence
    hour: int
    chosen_at: datetime | None = None
    """None: nobody has said anything, the settings hold."""

    def due(self, plan: DigestPlan, now: datetime) -> DigestDays | None:
        """Whoever chooses daily at noon hears of it tomorrow, not at once."""
        days = latest(self.cadence, plan, now)
        if days is None or (self.chosen_at is not None and hour_of(days.until, plan) <= self.chosen_at):
            return None
        return days


async def chosen_digest(tx: Transaction, plan: DigestPlan) -> ChosenDigest:
    said = await tx.notes.get(CHOSEN)
    if said is None:
        return ChosenDigest(plan.cadence, plan.hour)
    return ChosenDigest(DigestCadence(said["cadence"]), plan.hour, datetime.fromisoformat(said["at"]))
