import pytest

from services.domain.generation import ACTIVE_STATES, TRANSITIONS, GenerationState

S = GenerationState


def reachable(start: GenerationState) -> set[GenerationState]:
    found, front = {start}, {start}
    while front:
        front = {target for state in front for target in TRANSITIONS[state]} - found
        found |= front
    return found


def test_every_state_has_its_ways_on_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(S)
    assert reachable(S.QUEUED) == set(S)


def test_an_approved_text_is_final() -> None:
    assert TRANSITIONS[S.APPROVED] == frozenset()


def test_nothing_waits_for_ever() -> None:
    for state in S:
        assert state is S.APPROVED or TRANSITIONS[state] - {state}


@pytest.mark.parametrize("state", sorted(set(S) - ACTIVE_STATES))
def test_only_what_failed_or_was_stopped_can_run_again(state: GenerationState) -> None:
    assert bool(TRANSITIONS[state] & ACTIVE_STATES) == (state in {S.FAILED, S.STOPPED})


def test_only_a_run_gives_something_to_review() -> None:
    assert [state for state in S if S.IN_REVIEW in TRANSITIONS[state]] == [S.RUNNING]
    assert [state for state in S if S.ANSWERED in TRANSITIONS[state]] == [S.RUNNING]
