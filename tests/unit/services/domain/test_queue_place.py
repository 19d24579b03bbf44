"""What those who wait are told, and that the order in which they wait is fair."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.fairness import Waiting, in_turn
from services.domain.queue_place import QueuePlace, places_in_queue, rounded

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def one(number: int, chat: int, member: int | None = None, turn: float | None = None) -> Waiting:
    had = None if turn is None else NOON + timedelta(seconds=turn)
    return Waiting(number, chat, member or chat, NOON + timedelta(seconds=number), had, had)


queues = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=25).map(
    lambda who: [one(number, chat, member) for number, (chat, member) in enumerate(who)]
)


@settings(max_examples=40, deadline=None)
@given(queues)
def test_each_of_k_chats_has_one_of_every_k_turns_and_its_own_in_order(waiting: list[Waiting]) -> None:
    order = in_turn(waiting)
    assert sorted(a.id for a in order) == sorted(a.id for a in waiting)
    for chat in {a.chat_id for a in waiting}:
        places = [place for place, a in enumerate(order) if a.chat_id == chat]
        for number, place in enumerate(places):
            others = {a.chat_id for a in order[places[number - 1] + 1 if number else 0 : place]}
            between = place - (places[number - 1] + 1 if number else 0)
            assert between == len(others), "nobody has two turns while another waits"
        for member in {a.member_id for a in waiting}:
            own = [a.id for a in order if (a.chat_id, a.member_id) == (chat, member)]
            assert own == sorted(own)


def test_a_chat_that_had_its_turn_waits_for_those_that_had_not() -> None:
    waiting = [one(1, 10, turn=50), one(2, 20), one(3, 30, turn=40)]
    assert [a.chat_id for a in in_turn(waiting)] == [20, 30, 10]


def test_places_count_those_ahead_and_guess_the_time_by_what_is_running() -> None:
    waiting = [one(number, number) for number in range(1, 6)]
    places = places_in_queue(waiting, {77: 1, 78: 1}, 2, 18.0)
    assert [places[a.id].ahead for a in waiting] == [0, 1, 2, 3, 4]
    assert [places[a.id].seconds for a in waiting] == [20, 20, 40, 40, 60]
    assert all(place.own_running == 0 for place in places.values())


def test_who_is_at_their_limit_is_told_of_their_own_requests() -> None:
    waiting = [one(1, 10), one(2, 10), one(3, 10), one(4, 20)]
    places = places_in_queue(waiting, {10: 2}, 2, 30.0)
    assert places[1] == QueuePlace(0, 30, 2)
    assert places[3] == QueuePlace(2, 60, 2)
    assert places[4].own_running == 0


def test_a_guess_is_told_as_one() -> None:
    assert [rounded(seconds) for seconds in (0, 3, 20.1, 55, 56, 61, 121)] == [10, 10, 30, 60, 60, 120, 180]
