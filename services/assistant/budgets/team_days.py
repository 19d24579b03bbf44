"""Which day it is for the team's budgets."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from services.assistant.ports import Clock


@dataclass(frozen=True, slots=True)
class TeamDays:
    clock: Clock
    zone: tzinfo

    def today(self) -> date:
        return self.now().date()

    def now(self) -> datetime:
        return self.clock.now().astimezone(self.zone)
