"""The durable questions and their fake keep the same promises."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from services.assistant.pending_inputs import PendingInputs
from services.domain.chat import ChatAddress
from services.domain.member import Member, MemberStatus, Role, StreamTransport
from services.store.ports import Store
from tests.fakes.clock import ManualClock
from tests.fakes.use_cases import InMemoryPendingInputs

Pending = PendingInputs | InMemoryPendingInputs


def person(member_id: int) -> Member:
    return Member(
        member_id,
        100 + member_id,
        "Anna",
        None,
        Role.MEMBER,
        MemberStatus.ACTIVE,
        None,
        StreamTransport.EDIT,
        datetime(2026, 3, 1, tzinfo=UTC),
    )


@pytest.fixture(params=["real", "fake"])
def pending(request: pytest.FixtureRequest, sqlite_store: Store) -> Pending:
    makers: dict[str, Callable[[], Pending]] = {
        "real": lambda: PendingInputs(sqlite_store, ManualClock()),
        "fake": InMemoryPendingInputs,
    }
    return makers[request.param]()


async def test_a_question_is_taken_once(pending: Pending) -> None:
    await pending.ask(person(1), ChatAddress(5), "idea", {"version": 3})
    taken = await pending.take(person(1), ChatAddress(5, message_id=77))
    assert taken is not None
    assert (taken.purpose, taken.payload) == ("idea", {"version": 3})
    assert await pending.take(person(1), ChatAddress(5)) is None


async def test_the_message_that_answered_answers_again_after_a_crash(pending: Pending) -> None:
    await pending.ask(person(1), ChatAddress(5), "reject", {"version": 3})
    first = await pending.take(person(1), ChatAddress(5, message_id=77))
    assert await pending.take(person(1), ChatAddress(5, message_id=78)) is None, "the next message means something else"
    assert first is not None
    assert await pending.take(person(1), ChatAddress(5, message_id=77)) == first
    assert await pending.cancel(person(1), ChatAddress(5)) is False, "nothing waits any more"
    await pending.ask(person(1), ChatAddress(5), "idea", {})
    newer = await pending.take(person(1), ChatAddress(5, message_id=79))
    assert newer is not None
    assert newer.purpose == "idea"


async def test_questions_of_other_people_and_topics_are_left_alone(pending: Pending) -> None:
    await pending.ask(person(1), ChatAddress(-5, 2), "ask", {})
    assert await pending.take(person(2), ChatAddress(-5, 2)) is None
    assert await pending.take(person(1), ChatAddress(-5, 3)) is None
    assert await pending.take(person(1), ChatAddress(-5, 2)) is not None


async def test_a_newer_question_replaces_the_older(pending: Pending) -> None:
    await pending.ask(person(1), ChatAddress(5), "idea", {})
    await pending.ask(person(1), ChatAddress(5), "refine", {"generation_id": 9})
    taken = await pending.take(person(1), ChatAddress(5))
    assert taken is not None
    assert taken.purpose == "refine"


async def test_cancel_tells_whether_there_was_a_question(pending: Pending) -> None:
    await pending.ask(person(1), ChatAddress(5), "idea", {})
    assert await pending.cancel(person(1), ChatAddress(5)) is True
    assert await pending.cancel(person(1), ChatAddress(5)) is False
    assert await pending.take(person(1), ChatAddress(5)) is None
