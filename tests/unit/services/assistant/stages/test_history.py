"""What of the conversation goes to the model with a question."""

from datetime import UTC, datetime, timedelta

from services.assistant.stages.compose import Compose, Composed, Window
from services.assistant.stages.retrieve import Found
from services.assistant.stages.run import Run
from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.turn import Turn
from services.prompts.jinja_library import JinjaPromptLibrary
from tests.fakes.token_counter import WordCounter
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import PROMPTS

SAID = ["осенью было о пледах", "зимой было о чае", "весной было о тишине"]


async def have_talked(team: Team) -> None:
    here, began = ChatAddress(team.chat.id, message_id=40), datetime.now(UTC)
    async with team.store.transaction() as tx:
        for number, words in enumerate(SAID):
            await tx.turns.add(Turn(here, "user", words, began + timedelta(seconds=number), team.writer.id))


async def composed(team: Team, question: str, history_tokens: int) -> Composed:
    here, began = ChatAddress(team.chat.id, message_id=50), datetime.now(UTC)
    brief = Brief(7, Task.ASK, team.project.id, team.writer.id, here, question, Language.RUSSIAN, began)
    attempt = Generation(9, 7, 1, GenerationState.RUNNING, 1, team.writer.id)
    run = Run(attempt, brief, team.project, team.writer, Language.RUSSIAN)
    window = Window("smart", 16_000, history_tokens)
    return await Compose(JinjaPromptLibrary(PROMPTS), WordCounter(), team.store, window)(run, Found(()))


EXPECTED = [
    ("а что было до этого?", 100, SAID, 0),
    ("а что было до этого?", 9, SAID[1:], 4),
    ("а что было до этого?", 0, [], 12),
    ("во сколько пить «Сказку на ночь»?", 100, [], 12),
]


async def test_the_oldest_turns_go_first_and_a_question_that_stands_alone_needs_none(team: Team) -> None:
    await have_talked(team)
    for question, history_tokens, kept, forgotten_tokens in EXPECTED:
        made = await composed(team, question, history_tokens)
        text = made.prompt.messages[-1].content
        assert [words for words in SAID if words in text] == kept
        assert made.parameters.get("forgotten_tokens", 0) == forgotten_tokens
