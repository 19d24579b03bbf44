"""Providers charge less for a beginning that they have read before: the requests of a project share all that is the
same for them, and differ at the end only."""

from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from services.domain.prompt import RenderedPrompt
from services.llm.tiktoken_counter import TiktokenCounter
from services.prompts.jinja_library import JinjaPromptLibrary
from services.retrieval.brand_folder import read_brand_folder
from tests.unit.services.prompts.requests import ASK, IDEA, PASSAGES

ROOT = Path(__file__).parents[4]
SHORTEST_TOKENS = 1_024
"""What OpenAI keeps: https://platform.openai.com/docs/guides/prompt-caching."""
OTHER = [
    {"brief": "Открытка на зиму", "count": 7, "nonce": "9c1e", "passages": []},
    {"brief": "a poster", "material": "a forwarded note", "nonce": "07bd", "passages": PASSAGES[1:]},
    {"previous": "1. It can wait", "chip": "bolder", "instruction": "bolder, please", "nonce": "77aa"},
]


@pytest.fixture(scope="module")
def library() -> JinjaPromptLibrary:
    return JinjaPromptLibrary(ROOT / "prompts")


@pytest.fixture(scope="module")
def brand() -> dict[str, Any]:
    found = read_brand_folder(ROOT / "knowledge" / "quiet-hour")
    banned = {language.value: list(words) for language, words in found.profile.banned_words.items()}
    return {
        "name": found.name,
        "description": found.profile.description,
        "voice": list(found.profile.voice),
        "banned_words": banned,
    }


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> TiktokenCounter:
    return TiktokenCounter(tmp_path_factory.mktemp("encodings"))


def common_beginning(one: str, other: str) -> str:
    return "".join(left for left, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def sent(prompt: RenderedPrompt) -> str:
    return "\n".join(f"{message.role}\n{message.content}" for message in prompt.messages)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("changes", OTHER)
def test_two_briefs_of_a_project_differ_at_the_end_only(
    library: JinjaPromptLibrary, brand: dict[str, Any], counter: TiktokenCounter, language: str, changes: dict[str, Any]
) -> None:
    base = IDEA | {"project": brand, "language": language}
    one, other = library.render("idea", base), library.render("idea", base | changes)
    common = common_beginning(sent(one), sent(other))
    assert common.startswith(f"system\n{one.messages[0].content}\nuser\n"), "all of the rules, the voice, the examples"
    assert brand["voice"][0] in common
    assert "# Examples" in common
    assert counter.count("gpt-4.1", common) >= SHORTEST_TOKENS
    tail = sent(one).removeprefix(common)
    assert len(tail) < len(one.messages[1].content), "and the frame of what follows"
    assert base["brief"] in tail


@pytest.mark.parametrize("language", ["ru", "en"])
def test_two_questions_of_a_project_differ_at_the_end_only(
    library: JinjaPromptLibrary, brand: dict[str, Any], counter: TiktokenCounter, language: str
) -> None:
    base = ASK | {"project": brand, "language": language}
    other = base | {"question": "Почему пауза?", "history": [], "passages": PASSAGES[:1], "nonce": "bead"}
    one, two = library.render("ask", base), library.render("ask", other)
    common = common_beginning(sent(one), sent(two))
    assert common.startswith(f"system\n{one.messages[0].content}\nuser\n")
    assert counter.count("gpt-4.1", common) >= SHORTEST_TOKENS
