"""What was spent, counted together."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum


class SpendingGroup(StrEnum):
    PERSON = "person"
    PROJECT = "project"
    MODEL = "model"
    PROMPT = "prompt"
    TASK = "task"
    CHAT = "chat"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class SpendingFilter:
    """Which calls are meant; None: whichever. Days are those of the team's time zone."""

    since: date | None = None
    until: date | None = None
    """The first day that is not meant any more."""
    member_id: int | None = None
    project_id: int | None = None
    chat_id: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Of calls that ended. Amounts are millionths of a US dollar."""

    calls: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    """Of `tokens_in`: at the provider's lower price."""
    tokens_out: int = 0
    cost_microusd: int = 0
    """Of the calls whose price is known."""
    unknown_price_calls: int = 0
    counted_microusd: int = 0
    """By the budgets: an assumption stands for every unknown cost."""
    estimated_calls: int = 0
    """Whose tokens are our own count, because the provider sent none."""
    cache_hits: int = 0
    """Answered without a model."""
    saved_microusd: int = 0
    """By caches."""
    routing_saved_microusd: int = 0
    """Because the fast model was asked instead of the smart one."""

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def assumed_microusd(self) -> int:
        """Of what the budgets count: stands for costs that are not known."""
        return self.counted_microusd - self.cost_microusd


@dataclass(frozen=True, slots=True)
class GroupSpent:
    key: str
    """An id, "provider/model", "prompt@version", a task, an ISO date; empty: of nobody, nowhere, without a prompt."""
    name: str
    """For people: a person's, project's or chat's name; the key where there is none."""
    spent: Spent


@dataclass(frozen=True, slots=True)
class DaySpent:
    """Of one model on one day, for a chart."""

    day: date
    provider: str
    model: str
    spent: Spent


@dataclass(frozen=True, slots=True)
class GroupDay:
    """Of one group on one day."""

    day: date
    key: str
    """As in GroupSpent."""
    spent: Spent


@dataclass(frozen=True, slots=True)
class DearRequest:
    """A brief or a recording with everything that was called for it. No texts: others may see it."""

    brief_id: int | None
    recording_id: int | None
    task: str
    person: str
    day: date
    """When it began."""
    microusd: int
