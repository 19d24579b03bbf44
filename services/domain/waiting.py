"""Drafts that wait for somebody's decision, and how long people are left in peace about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.domain.chat import ChatAddress
from services.domain.generation import Generation

REMIND_AFTER = timedelta(hours=24)
"""The first reminder comes so long after people were asked, the second as much later; then somebody else is asked."""
ROUNDS = 3
ESCALATION = 3
"""The last round goes to a person who was not asked before."""
PAUSE = timedelta(hours=12)
"""At least so long between two rounds, however long reminders could not be sent."""


@dataclass(frozen=True, slots=True)
class WaitingDraft:
    """An attempt in review that nothing newer has replaced, of a brief without an approved attempt."""

    generation: Generation
    brief_id: int
    brief_text: str
    brief_address: ChatAddress
    author_id: int
    """Member id of the person whose brief it is."""
    author: str
    asker: str
    """Name of the person who asked for this attempt."""
    asker_telegram_id: int
    since: datetime
    """When people were asked to decide: sent for review, or shown in a group; else when the draft was ready."""
    asked: tuple[int, ...] = ()
    """Member ids of the people who were sent the draft in private."""

    @property
    def id(self) -> int:
        return self.generation.id

    @property
    def round(self) -> int:
        """Of the next reminder: 1, 2, and 3 for the escalation."""
        return self.generation.reminders + 1
