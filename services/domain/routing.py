"""Which model a piece of work goes to, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.domain.prompt import ModelRole


class TaskClass(StrEnum):
    """Work that models do, by how hard it is. But for `refine` these are names of prompts."""

    IDEA = "idea"
    REFINE = "refine"
    """Ideas reworked by a person's words."""
    ASK = "ask"
    INTENT = "intent"
    DIGEST = "digest"
    MINUTES = "minutes"
    REPAIR = "repair"


class RoleChoice(StrEnum):
    SMART = "smart"
    FAST = "fast"
    AUTO = "auto"
    """By rules: see `complexity.py`."""
    FAST_FIRST = "fast_first"
    """The fast model tries first, however hard the work looks; the smart one where that was not good enough."""


class RouteReason(StrEnum):
    SETTING = "setting"
    """The installation wants it so for this kind of work."""
    WISH = "wish"
    """The words ask for it: "think hard"."""
    AGAIN = "again"
    """Another attempt: the one before was not good enough, whoever wrote it."""
    DISCONTENT = "discontent"
    """The words that refine a draft say that it is no good."""
    SMART_BEFORE = "smart_before"
    """The draft to be refined was written by the smart model."""
    LONG = "long"
    CONSTRAINTS = "constraints"
    STRATEGY = "strategy"
    AUDIENCES = "audiences"
    PLAIN = "plain"
    """None of these."""
    FIRST_TRY = "first_try"
    """The installation lets the fast model try first, and nobody has said yet that it is not good enough."""


@dataclass(frozen=True, slots=True)
class Routing:
    role: ModelRole
    reason: RouteReason

    def as_parameters(self) -> dict[str, str]:
        """Kept with the attempt's parameters."""
        return {"role": self.role.value, "role_reason": self.reason.value}


def routing_of(parameters: Mapping[str, Any]) -> Routing | None:
    """As it was kept; None for attempts of the time before there was a choice."""
    role, reason = parameters.get("role"), parameters.get("role_reason")
    if role not in set(ModelRole) or reason not in set(RouteReason):
        return None
    return Routing(ModelRole(role), RouteReason(reason))


CHOSEN_BY_RULES = frozenset({TaskClass.IDEA, TaskClass.REFINE, TaskClass.ASK})
"""The rest is always the same kind of work."""


@dataclass(frozen=True, slots=True)
class RolePlan:
    """What the installation wants; nothing said: by rules, or as the prompt's front matter says."""

    choices: Mapping[TaskClass, RoleChoice] = field(default_factory=dict)

    def of(self, task: TaskClass) -> RoleChoice:
        return self.choices.get(task, RoleChoice.AUTO)

    def of_prompts(self) -> dict[str, ModelRole]:
        """By name, for prompts whose role is not chosen by rules."""
        fixed = {task: role for task, role in self.choices.items() if task not in CHOSEN_BY_RULES}
        return {task.value: ModelRole(role.value) for task, role in fixed.items() if role is not RoleChoice.AUTO}


def parse_role_plan(text: str) -> RolePlan:
    """Of "idea:smart, digest:fast". Raises ValueError."""
    choices: dict[TaskClass, RoleChoice] = {}
    for part in filter(None, (part.strip().lower() for part in text.split(","))):
        name, _, choice = part.partition(":")
        try:
            task, role = TaskClass(name.strip()), RoleChoice(choice.strip())
        except ValueError:
            raise ValueError(f"must be pairs task:role of {_names(TaskClass)} and {_names(RoleChoice)}") from None
        if role is RoleChoice.FAST_FIRST and task not in CHOSEN_BY_RULES:
            raise ValueError(f"{role.value} is for {_names(sorted(CHOSEN_BY_RULES))}")
        choices[task] = role
    return RolePlan(choices)


def _names(words: Iterable[StrEnum]) -> str:
    return "|".join(word.value for word in words)
