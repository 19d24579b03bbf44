"""A reply refines what its message shows: after paging, after a new attempt, after a final in a message of its own."""

from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.show_attempt import ShowAttempt
from services.assistant.shown_attempts import attempt_shown_by
from services.domain.chat import ChatAddress
from tests.fakes.chat_model import ScriptedChatModel
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, Workshop, open_workshop


async def shown_by(team: Team, message: ChatAddress) -> int | None:
    async with team.store.reading() as tx:
        shown = await attempt_shown_by(tx, message)
    return shown.id if shown else None


def workshop(team: Team) -> Workshop:
    model = ScriptedChatModel()
    model.will_answer(IDEAS_JSON, IDEAS_JSON)
    return open_workshop(team, model)


async def test_a_new_attempt_in_a_message_that_was_paged_is_what_it_shows(team: Team) -> None:
    first = await team.asks()
    here = workshop(team)
    here.runner.wake(first.id)
    await here.finished()
    first = await team.reload(first)
    message = first.placeholder
    assert message is not None
    await ShowAttempt(team.store)(team.writer, first.id, message)
    second = await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, message)
    again = workshop(team)
    again.runner.wake(second.id)
    await again.finished()
    assert await shown_by(team, message) == second.id


async def test_a_final_in_a_message_of_its_own_can_be_replied_to(team: Team) -> None:
    """A native draft leaves no placeholder: the final is a new message."""
    generation = await team.asks()
    here = workshop(team)
    final = ChatAddress(team.chat.id, None, 555)
    here.presenter.final_at = final
    here.runner.wake(generation.id)
    await here.finished()
    assert await shown_by(team, final) == generation.id
