from services.assistant.pending_inputs import PendingInputs
from services.domain.chat import ChatAddress
from tests.unit.services.assistant.conftest import Team


async def test_a_question_is_answered_once_by_its_person_in_its_topic(team: Team) -> None:
    pending = PendingInputs(team.store, team.clock)
    here, elsewhere = ChatAddress(-100, 7, 1), ChatAddress(-100, 8, 2)
    await pending.ask(team.writer, here, "idea", {"language": "ru"})
    assert await pending.take(team.writer, elsewhere) is None
    assert await pending.take(team.approver, here) is None
    taken = await pending.take(team.writer, here.at(99))
    assert taken is not None
    assert (taken.purpose, taken.payload) == ("idea", {"language": "ru"})
    assert await pending.take(team.writer, here) is None


async def test_a_newer_question_replaces_the_older(team: Team) -> None:
    pending = PendingInputs(team.store, team.clock)
    here = ChatAddress(3)
    await pending.ask(team.writer, here, "idea", {})
    await pending.ask(team.writer, here, "refine", {"generation_id": 5})
    taken = await pending.take(team.writer, here)
    assert taken is not None
    assert taken.purpose == "refine"


async def test_cancel_forgets_the_question(team: Team) -> None:
    pending = PendingInputs(team.store, team.clock)
    await pending.ask(team.writer, ChatAddress(3), "idea", {})
    assert await pending.cancel(team.writer, ChatAddress(3)) is True
    assert await pending.cancel(team.writer, ChatAddress(3)) is False
    assert await pending.take(team.writer, ChatAddress(3)) is None


async def test_a_question_of_two_days_ago_takes_nothing(team: Team) -> None:
    pending = PendingInputs(team.store, team.clock)
    await pending.ask(team.writer, ChatAddress(3), "idea", {})
    team.clock.advance(days=2)
    assert await pending.take(team.writer, ChatAddress(3)) is None
