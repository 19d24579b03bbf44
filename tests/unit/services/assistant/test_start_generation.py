import pytest

from services.assistant.brief_text import BRIEF_LIMIT, clean_text
from services.domain.errors import BriefTooLong, EmptyBrief
from services.domain.generation import GenerationState
from services.domain.language import Language
from tests.unit.services.assistant.conftest import Team


async def test_a_brief_is_queued_and_the_runner_woken(team: Team) -> None:
    generation = await team.asks()
    assert generation.state is GenerationState.QUEUED
    assert generation.number == 1
    assert team.runner.woken == [generation.id]


async def test_the_same_message_twice_starts_one_attempt(team: Team) -> None:
    first = await team.asks(message_id=10)
    second = await team.asks(message_id=10)
    assert second.id == first.id


async def test_the_answer_is_in_the_language_of_the_brief(team: Team) -> None:
    generation = await team.asks(text="a slogan for autumn")
    async with team.store.reading() as tx:
        brief = await tx.briefs.get(generation.brief_id)
    assert brief is not None
    assert brief.language is Language.ENGLISH


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2060", "!!! ???", "\U000e0041\U000e0042"])
async def test_a_brief_without_words_is_refused(team: Team, text: str) -> None:
    with pytest.raises(EmptyBrief):
        await team.asks(text=text)
    assert team.runner.woken == []


async def test_a_brief_of_ten_thousand_characters_is_refused_with_the_limit(team: Team) -> None:
    with pytest.raises(BriefTooLong) as refusal:
        await team.asks(text="я" * 10_000)
    assert refusal.value.facts == {"limit": BRIEF_LIMIT, "length": 10_000}


def test_hidden_characters_leave_the_text_and_emoji_stay_whole() -> None:
    hidden = "slo\u200bgan\U000e0049\U000e0067 \u202eevil\x00 👩\u200d🎨\r\nnext"
    assert clean_text(hidden) == "slogan evil 👩\u200d🎨\nnext"
