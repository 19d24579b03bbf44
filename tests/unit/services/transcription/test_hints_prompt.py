"""Names as they are spelt, and the end of the talk, within Whisper's 224 tokens."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.project import BrandProfile, Project, glossary_words
from services.retrieval.brand_folder import read_brand_folder
from services.transcription.hints_prompt import MOST_TOKENS, estimated_tokens, prompt_of
from services.transcription.ports import Hints

QUIET_HOUR = Path(__file__).parents[4] / "knowledge" / "quiet-hour"
names = st.lists(st.text("абвгАБ xyzXY-17", max_size=30), max_size=60).map(tuple)


def quiet_hour() -> tuple[str, ...]:
    folder = read_brand_folder(QUIET_HOUR)
    return glossary_words(Project(1, folder.slug, folder.name, folder.profile))


def test_names_come_first_and_the_talk_last() -> None:
    hints = Hints(glossary=("Тихий час", "Подождёт"), before="Поговорим о чае.")
    assert prompt_of(hints) == "Тихий час, Подождёт. Поговорим о чае."
    assert prompt_of(Hints(before="о чае.")) == "о чае."
    assert prompt_of(Hints()) == ""


def test_the_end_of_a_long_talk_is_told_and_the_last_names_are_left_out() -> None:
    many = tuple(f"Название номер {number}" for number in range(100))
    prompt = prompt_of(Hints(glossary=many, before="слово " * 300 + "конец"))
    assert prompt.startswith("Название номер 0, Название номер 1,")
    assert prompt.endswith(" слово конец")
    assert "номер 99" not in prompt


def test_the_starter_brand_s_names_all_find_room() -> None:
    prompt = prompt_of(Hints(glossary=quiet_hour(), before="и тогда мы решили. " * 30))
    assert prompt.startswith("Тихий час, Quiet Hour, Подождёт, ")
    assert all(name in prompt for name in quiet_hour())


@given(names, st.text("абвгд ежАБ, .xyz", max_size=2_000))
def test_it_never_has_more_than_the_model_takes(glossary: tuple[str, ...], before: str) -> None:
    prompt = prompt_of(Hints(glossary=glossary, before=before))
    assert estimated_tokens(prompt) <= MOST_TOKENS
    assert prompt == " ".join(prompt.split())


@pytest.mark.local_models
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_reckoning_is_not_below_whisper_s_own(language: str) -> None:
    tokenizer = pytest.importorskip("whisper.tokenizer").get_tokenizer(True)
    texts = [
        ", ".join(quiet_hour()),
        "ПАО «ГАЗПРОМ», ООО «РОМАШКА-ЮГ», МТС-2",
        "Щёголь, ЁЖИК-ПЭЧПЁРК",
        "XQZ-17, ACME/9",
    ]
    words = " ".join(page.read_text(encoding="utf-8") for page in sorted((QUIET_HOUR / language).glob("*.md"))).split()
    texts += [" ".join(words[start : start + 30]) for start in range(0, len(words), 30)]
    low = [text for text in texts if estimated_tokens(text) < len(tokenizer.encode(f" {text}"))]
    assert low == []


def test_a_name_in_two_languages_is_two_names() -> None:
    profile = BrandProfile(glossary=("Подождёт", "Тихий час"))
    assert glossary_words(Project(1, "q", "Тихий час / Quiet Hour", profile)) == ("Тихий час", "Quiet Hour", "Подождёт")
