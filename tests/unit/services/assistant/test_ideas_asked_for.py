"""The number of ideas that a brief names, from the words to the screen."""

import json
from dataclasses import dataclass

import pytest

from services.assistant.refine_draft import RefineDraft
from services.domain.generation import Generation
from tests.fakes.chat_model import ScriptedChatModel
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEA, open_workshop


def answer_with(ideas: int) -> str:
    return json.dumps({"ideas": [{**IDEA, "title": f"Идея {at}"} for at in range(ideas)]}, ensure_ascii=False)


@dataclass
class Asked:
    prompt: str
    max_tokens: int | None
    shown: int


async def run(team: Team, generation: Generation, *answers: str) -> Asked:
    model = ScriptedChatModel()
    model.will_answer(*answers)
    workshop = open_workshop(team, model)
    workshop.runner.wake(generation.id)
    await workshop.finished()
    draft = (await team.reload(generation)).draft
    assert draft is not None
    request = model.requests[0]
    return Asked(request.messages[-1].content, request.parameters.max_tokens, len(draft.ideas))


@pytest.mark.parametrize(
    ("brief", "count", "max_tokens"),
    [
        ("слоган к осени", 4, 4000),
        ("Сделай пять слоганов к осени 2025 года", 5, 4000),
        ("одну идею, у нас 5 минут", 1, 4000),
        ("Give me 10 taglines", 10, 6666),
        ("двадцать заголовков", 10, 6666),
    ],
)
async def test_the_model_is_asked_for_so_many(team: Team, brief: str, count: int, max_tokens: int) -> None:
    asked = await run(team, await team.asks(text=brief), answer_with(count))
    assert f"Number of ideas: {count}." in asked.prompt
    assert (asked.max_tokens, asked.shown) == (max_tokens, count)


async def test_what_comes_beyond_a_named_number_is_left_out(team: Team) -> None:
    assert (await run(team, await team.asks(text="три идеи к осени"), answer_with(5))).shown == 3
    assert (await run(team, await team.asks(11, text="идеи к осени"), answer_with(5))).shown == 5


async def test_a_repaired_answer_is_counted_too(team: Team) -> None:
    broken = '{"ideas": [{"name": "Идея"}]}'
    assert (await run(team, await team.asks(text="две идеи"), broken, answer_with(3))).shown == 2


async def test_a_refinement_may_name_another_number(team: Team) -> None:
    first = await team.writes(await team.asks(text="пять слоганов"), 1010)
    assert first.placeholder is not None
    refine = RefineDraft(team.store, team.runner)
    fewer = await refine(team.writer, first.placeholder, first.placeholder.at(20), "оставь два слогана")
    assert fewer is not None
    assert "Number of ideas: 2." in (await run(team, fewer, answer_with(2))).prompt
