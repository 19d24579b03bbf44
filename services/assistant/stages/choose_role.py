"""Which model writes this attempt: the fast one for plain work, the smart one for hard work and for every improvement
of what was not good enough. An attempt is never written by a lesser model than the one it improves on."""

from services.assistant.stages.run import Run
from services.domain.brief import Task
from services.domain.complexity import asks_for_thought, difficulty_of, difficulty_of_question, is_discontent
from services.domain.generation import Generation
from services.domain.prompt import ModelRole
from services.domain.routing import RoleChoice, RolePlan, RouteReason, Routing, TaskClass, routing_of

_FOR_THE_FAST = frozenset({RouteReason.PLAIN, RouteReason.FIRST_TRY})


class ChooseRole:
    def __init__(self, plan: RolePlan | None = None) -> None:
        self._plan = plan or RolePlan()

    def __call__(self, run: Run) -> Routing:
        choice = self._plan.of(_class_of(run))
        if choice in (RoleChoice.SMART, RoleChoice.FAST):
            return Routing(ModelRole(choice.value), RouteReason.SETTING)
        reason = _reason_after_a_try(run) if choice is RoleChoice.FAST_FIRST else _reason(run)
        return Routing(ModelRole.FAST if reason in _FOR_THE_FAST else ModelRole.SMART, reason)


def _class_of(run: Run) -> TaskClass:
    if run.brief.task is Task.ASK:
        return TaskClass.ASK
    return TaskClass.REFINE if _is_refinement(run) else TaskClass.IDEA


def _is_refinement(run: Run) -> bool:
    """Words that answer a draft. Those that came with a press of Regenerate stand under the brief's own message."""
    generation = run.generation
    has_own_message = generation.reply_to is not None and generation.reply_to != run.brief.address
    return run.parent is not None and generation.chip is None and bool(generation.instruction) and has_own_message


def _reason(run: Run) -> RouteReason:
    text, wish = run.brief.text, run.generation.instruction
    if asks_for_thought(wish) or asks_for_thought(text):
        return RouteReason.WISH
    if run.generation.parent_id is not None and not _is_refinement(run):
        return RouteReason.AGAIN
    if run.parent is not None:
        return _reason_to_refine(run.parent, wish)
    return difficulty_of_question(text) if run.brief.task is Task.ASK else difficulty_of(text)


def _reason_after_a_try(run: Run) -> RouteReason:
    """A first wish for something else is no complaint yet; a second one is."""
    text, wish, parent = run.brief.text, run.generation.instruction, run.parent
    if asks_for_thought(wish) or asks_for_thought(text):
        return RouteReason.WISH
    if parent is None:
        return RouteReason.FIRST_TRY if run.generation.parent_id is None else RouteReason.AGAIN
    if is_discontent(wish):
        return RouteReason.DISCONTENT
    before = routing_of(parent.parameters)
    if before is None or before.role is ModelRole.SMART:
        return RouteReason.SMART_BEFORE
    is_second = parent.parent_id is not None and not _is_refinement(run)
    return RouteReason.AGAIN if is_second else RouteReason.FIRST_TRY


def _reason_to_refine(parent: Generation, wish: str) -> RouteReason:
    if is_discontent(wish):
        return RouteReason.DISCONTENT
    before = routing_of(parent.parameters)
    if before is None or before.role is ModelRole.SMART:
        return RouteReason.SMART_BEFORE
    return difficulty_of(wish)
