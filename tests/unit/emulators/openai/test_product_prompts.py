"""The demo writer reads the product's own prompts, and the product reads what it writes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.domain.brief import Task
from services.domain.idea import Draft
from services.llm.draft_reader import DraftReader, InvalidAnswer
from services.prompts.jinja_library import JinjaPromptLibrary
from tests.emulators.openai.personalities import Cast
from tests.emulators.openai.settings import Personality
from tests.emulators.openai.stems import contains_any

ROOT = Path(__file__).parents[4]
BRAND = ROOT / "knowledge" / "quiet-hour"
SECTIONS = {"ru": ["### «Сказка на ночь»", "## Идея и обещание", "### Родители уснувших", "## «Город спит», лето 2023"]}
SECTIONS["en"] = ["### Bedtime Story", "## The idea and the promise", "### Parents of the sleeping", "## The City Naps"]


def project() -> dict[str, Any]:
    facts: dict[str, Any] = yaml.safe_load((BRAND / "project.yaml").read_text(encoding="utf-8"))
    return {name: facts[name] for name in ("name", "description", "voice", "banned_words")}


def passages(language: str) -> list[dict[str, Any]]:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in sorted((BRAND / language).glob("*.md")))
    found = []
    for number, heading in enumerate(SECTIONS[language], start=1):
        body = texts.partition(f"\n{heading}")[2].partition("\n")[2].partition("\n#")[0]
        assert body.strip(), heading
        found.append({"number": number, "title": "Бренд", "section": heading.strip("# "), "text": body.strip()})
    return found


def say(name: str, variables: dict[str, Any], personality: Personality = Personality.HONEST) -> str:
    prompt = JinjaPromptLibrary(ROOT / "prompts").render(name, variables)
    messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
    return Cast().say(personality, messages, None, seed=7).text


def idea_variables(language: str = "ru", **changes: Any) -> dict[str, Any]:
    return {
        "language": language,
        "project": project(),
        "passages": passages(language),
        "brief": "Пост для родителей" if language == "ru" else "A post for parents",
        "material": None,
        "count": 3,
        "previous": None,
        "chip": None,
        "instruction": "",
        "history": [],
        "nonce": "0a1b2c",
    } | changes


def ideas(language: str = "ru", **changes: Any) -> Draft:
    return DraftReader(Task.IDEA).read_final(say("idea", idea_variables(language, **changes)))


def texts(draft: Draft) -> str:
    return "\n".join(f"{idea.title}\n{idea.text}\n{idea.why}" for idea in draft.ideas)


@pytest.mark.parametrize(("language", "count"), [("ru", 3), ("en", 5)])
def test_ideas_are_read_by_the_product(language: str, count: int) -> None:
    draft = ideas(language, count=count)
    assert len(draft.ideas) == count
    assert draft.note
    assert draft.note.startswith(("Демо-автор", "Demo writer"))
    assert any(idea.sources for idea in draft.ideas)
    assert all(1 <= number <= 4 for idea in draft.ideas for number in idea.sources)
    letters = "".join(char for char in texts(draft) if char.isalpha())
    cyrillic = sum("а" <= char.lower() <= "я" for char in letters) / len(letters)
    assert cyrillic > 0.9 if language == "ru" else cyrillic == 0


@pytest.mark.parametrize("language", ["ru", "en"])
def test_banned_words_are_kept_out_even_when_the_brief_has_them(language: str) -> None:
    banned = tuple(project()["banned_words"][language])
    for brief in ("Срочно нужен лучший пост", "Urgent: the best post", "Пост"):
        assert not contains_any(texts(ideas(language, brief=brief, count=8)), banned)


def test_every_chip_changes_the_attempt() -> None:
    previous = texts(ideas())
    attempts = {chip: ideas(previous=previous, chip=chip) for chip in ("bolder", "shorter", "another_angle")}
    assert len({texts(draft) for draft in attempts.values()} | {previous}) == 4
    assert "Смелый ход" in attempts["bolder"].ideas[0].text
    assert len(texts(attempts["shorter"])) < len(previous)


def test_the_language_of_the_prompt_is_kept_when_the_brief_is_in_the_other() -> None:
    assert "Angle:" in texts(ideas("en", brief="Пост для родителей"))


def ask(question: str, found: bool = True) -> Draft:
    variables = {
        "language": "ru",
        "project": {"name": "Тихий час", "description": "Чай"},
        "passages": passages("ru") if found else [],
        "question": question,
        "material": None,
        "history": [{"role": "user", "content": "Привет"}],
        "nonce": "0a1b2c",
    }
    return DraftReader(Task.ASK).read_final(say("ask", variables))


def test_answers_are_read_by_the_product() -> None:
    known = ask("Сколько человек легли на раскладушки?")
    assert known.found
    assert known.sources == (4,)
    assert "1 300" in (known.answer or "")
    assert "[4]" in (known.answer or "")
    assert not ask("Какой футбольный клуб спонсирует бренд?").found
    assert not ask("Сколько человек легли на раскладушки?", found=False).found


@pytest.mark.parametrize("broken_by", [Personality.BROKEN_JSON, Personality.NONSENSE])
def test_an_answer_that_cannot_be_read_is_mended_on_request(broken_by: Personality) -> None:
    reader = DraftReader(Task.IDEA)
    broken = say("idea", idea_variables(), broken_by)
    with pytest.raises(InvalidAnswer) as caught:
        reader.read_final(broken)
    mending = {
        "answer": broken,
        "problems": caught.value.problems,
        "schema": reader.json_schema,
        "language": "ru",
    }
    mended = reader.read_final(say("repair", mending))
    if broken_by is Personality.BROKEN_JSON:
        assert [idea.title for idea in mended.ideas] == [idea.title for idea in ideas().ideas]
        assert [idea.text for idea in mended.ideas] == [idea.text for idea in ideas().ideas]
    else:
        assert mended.ideas[0].text == broken


def test_a_model_that_only_talks_nonsense_cannot_mend_either() -> None:
    mending = {"answer": "бред", "problems": "-", "schema": DraftReader(Task.IDEA).json_schema, "language": "ru"}
    with pytest.raises(InvalidAnswer):
        DraftReader(Task.IDEA).read_final(say("repair", mending, Personality.NONSENSE))
