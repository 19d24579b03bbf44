"""Who writes an attempt, and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.assistant.stages.choose_role import ChooseRole
from services.assistant.stages.run import Run
from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.generation import Chip, Generation, GenerationState
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role, StreamTransport
from services.domain.project import BrandProfile, Project
from services.domain.prompt import ModelRole
from services.domain.routing import RolePlan, RouteReason, Routing, parse_role_plan, routing_of

FAST, SMART, R = ModelRole.FAST, ModelRole.SMART, RouteReason
PLAIN = "слоган для осени"
HERE, WORDS = ChatAddress(7, message_id=1), ChatAddress(7, message_id=5)


def attempt(
    text: str,
    *,
    task: Task = Task.IDEA,
    parent: Routing | None = None,
    again: bool = False,
    chip: Chip | None = None,
    wish: str = "",
    asked_in: ChatAddress = HERE,
) -> Run:
    brief = Brief(1, task, 1, 1, HERE, text, Language.RUSSIAN, datetime.now(UTC))
    before = None
    if parent is not None or again:
        kept = parent.as_parameters() if parent else {}
        before = Generation(1, 1, 1, GenerationState.CHANGES_REQUESTED, 3, 1, parameters=dict(kept))
    generation = Generation(
        2,
        1,
        2,
        GenerationState.RUNNING,
        2,
        1,
        before.id if before else None,
        chip=chip,
        instruction=wish,
        reply_to=asked_in,
    )
    member = Member(1, 7, "Аня", None, Role.MEMBER, MemberStatus.ACTIVE, None, StreamTransport.EDIT, datetime.now(UTC))
    return Run(generation, brief, Project(1, "p", "P", BrandProfile()), member, Language.RUSSIAN, before)


def chosen(run: Run, plan: str = "") -> Routing:
    return ChooseRole(parse_role_plan(plan))(run)


BY_FAST, BY_SMART = Routing(FAST, R.PLAIN), Routing(SMART, R.LONG)


def test_plain_work_goes_to_the_fast_model() -> None:
    assert chosen(attempt(PLAIN)) == BY_FAST
    assert chosen(attempt("во сколько пить «Сказку»?", task=Task.ASK)) == BY_FAST


def test_hard_work_goes_to_the_smart_model() -> None:
    assert chosen(attempt("стратегия запуска")) == Routing(SMART, R.STRATEGY)


@pytest.mark.parametrize("task", list(Task))
def test_a_person_may_ask_for_thought(task: Task) -> None:
    assert chosen(attempt("Подумай хорошенько: " + PLAIN, task=task)) == Routing(SMART, R.WISH)
    refined = attempt(PLAIN, parent=BY_FAST, wish="think hard, and shorter", asked_in=WORDS)
    assert chosen(refined) == Routing(SMART, R.WISH)


@pytest.mark.parametrize("parent", [BY_FAST, BY_SMART, None])
@pytest.mark.parametrize(("chip", "wish"), [(None, ""), (Chip.SHORTER, ""), (Chip.BOLDER, "ещё"), (None, "про зиму")])
def test_regenerate_goes_to_the_smart_model(parent: Routing | None, chip: Chip | None, wish: str) -> None:
    """By a button: the attempt stands under the brief's own message, whatever the words."""
    assert chosen(attempt(PLAIN, parent=parent, again=True, chip=chip, wish=wish)) == Routing(SMART, R.AGAIN)


@pytest.mark.parametrize(
    ("parent", "wish", "expected"),
    [
        (BY_FAST, "второй короче", BY_FAST),
        (BY_FAST, "не то, скучно", Routing(SMART, R.DISCONTENT)),
        (BY_FAST, "сделай из этого стратегию", Routing(SMART, R.STRATEGY)),
        (BY_SMART, "второй короче", Routing(SMART, R.SMART_BEFORE)),
        (None, "второй короче", Routing(SMART, R.SMART_BEFORE)),
    ],
)
def test_a_refinement_never_goes_to_a_lesser_model(parent: Routing | None, wish: str, expected: Routing) -> None:
    assert chosen(attempt(PLAIN, parent=parent, again=True, wish=wish, asked_in=WORDS)) == expected


def test_the_installation_has_the_last_word() -> None:
    assert chosen(attempt(PLAIN), "idea:smart") == Routing(SMART, R.SETTING)
    assert chosen(attempt("стратегия"), "idea:fast") == Routing(FAST, R.SETTING)
    refinement = attempt(PLAIN, parent=BY_FAST, wish="второй короче", asked_in=WORDS)
    assert chosen(refinement, "idea:fast, refine:smart") == Routing(SMART, R.SETTING)
    assert chosen(attempt(PLAIN), "ask:smart, idea:auto") == BY_FAST


def test_the_choice_is_read_back_as_it_was_kept() -> None:
    assert routing_of({"temperature": 1, **BY_SMART.as_parameters()}) == BY_SMART
    assert routing_of({}) is None
    assert routing_of({"role": "brilliant", "role_reason": "plain"}) is None


def test_a_plan_names_tasks_and_roles() -> None:
    assert parse_role_plan(" ") == RolePlan()
    assert parse_role_plan("Digest:smart, minutes:auto, idea:fast").of_prompts() == {"digest": SMART}
    for wrong in ("idea", "idea:best", "slogans:fast"):
        with pytest.raises(ValueError, match=r"idea\|refine.*smart\|fast\|auto"):
            parse_role_plan(wrong)


FIRST = "idea:fast_first, refine:fast_first, ask:fast_first"
TRIED = Routing(FAST, R.FIRST_TRY)


def test_the_fast_model_may_try_first_however_hard_it_looks() -> None:
    assert chosen(attempt("стратегия запуска"), FIRST) == TRIED
    assert chosen(attempt(PLAIN, parent=TRIED, chip=Chip.SHORTER), FIRST) == TRIED
    assert chosen(attempt(PLAIN, parent=TRIED, wish="про зиму", asked_in=WORDS), FIRST) == TRIED


def test_what_was_not_good_enough_goes_to_the_smart_model() -> None:
    assert chosen(attempt("Think hard: a slogan"), FIRST) == Routing(SMART, R.WISH)
    assert chosen(attempt(PLAIN, parent=TRIED, wish="скучно"), FIRST) == Routing(SMART, R.DISCONTENT)
    assert chosen(attempt(PLAIN, parent=TRIED, wish="это мимо", asked_in=WORDS), FIRST) == Routing(SMART, R.DISCONTENT)
    assert chosen(attempt(PLAIN, parent=BY_SMART, chip=Chip.SHORTER), FIRST) == Routing(SMART, R.SMART_BEFORE)
    assert chosen(attempt(PLAIN, again=True), FIRST) == Routing(SMART, R.SMART_BEFORE), "nobody knows who wrote it"


def test_a_second_press_of_regenerate_is_a_complaint() -> None:
    second = attempt(PLAIN, parent=TRIED, chip=Chip.BOLDER)
    assert second.parent is not None
    again = replace(second, parent=replace(second.parent, parent_id=7))
    assert chosen(again, FIRST) == Routing(SMART, R.AGAIN)
    refined = attempt(PLAIN, parent=TRIED, wish="про зиму", asked_in=WORDS)
    assert refined.parent is not None
    assert chosen(replace(refined, parent=replace(refined.parent, parent_id=7)), FIRST) == TRIED


@pytest.mark.parametrize("task", ["minutes", "intent", "digest", "repair"])
def test_only_work_for_people_has_a_second_try(task: str) -> None:
    with pytest.raises(ValueError, match="fast_first"):
        parse_role_plan(f"{task}:fast_first")
