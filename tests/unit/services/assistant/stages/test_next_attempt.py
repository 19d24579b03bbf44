"""The next attempt at a brief begins like the one before it: providers have just read that."""

from itertools import takewhile

from services.assistant.regenerate_draft import RegenerateDraft
from services.domain.generation import Chip
from services.domain.prompt import Message
from tests.fakes.chat_model import ScriptedChatModel
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, open_workshop, until


async def test_it_differs_behind_the_brief_only(team: Team) -> None:
    model = ScriptedChatModel()
    model.will_answer(IDEAS_JSON, IDEAS_JSON, IDEAS_JSON)
    workshop = open_workshop(team, model)
    first = await team.asks(text="слоган к осени")
    workshop.runner.wake(first.id)
    await until(lambda: len(workshop.nursery) == 0)
    first = await team.reload(first)
    assert first.placeholder is not None
    again = RegenerateDraft(team.store, workshop.runner)
    await again(team.writer, first.id, first.version, first.placeholder, chip=Chip.BOLDER)
    await until(lambda: len(workshop.nursery) == 0)
    other = await team.asks(30, text="слоган к зиме")
    workshop.runner.wake(other.id)
    await workshop.finished()
    before, after, another = (sent(request.messages) for request in model.requests)
    assert "</brief nonce" in common_beginning(before, after)
    _, opened, same = common_beginning(before, another).rpartition('<passages nonce="')
    assert opened
    assert len(same) < len("5f3a77aa"), "no other brief has the same fences"


def sent(messages: tuple[Message, ...]) -> str:
    return "\n".join(message.content for message in messages)


def common_beginning(one: str, other: str) -> str:
    return "".join(left for left, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
