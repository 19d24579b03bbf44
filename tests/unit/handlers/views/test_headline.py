"""What goes ahead of an outcome: a notification worth opening, and nothing that can be pressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.i18n import Catalogues
from handlers.views.headline import TITLE_LIMIT, card_headline, failure_headline
from handlers.views.links import addresses
from services.assistant.ports import Failure
from services.domain.generation import GenerationState
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from tests.unit.handlers.people import ANSWER, IDEAS, brief, card, generation

TEXTS = Catalogues(Language.RUSSIAN).texts(Language.RUSSIAN)


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (IDEAS, "💡 Идея: «Тихая полка» и ещё 1 идея"),
        (Draft(ideas=(Idea("**Час** без слов", "…"),)), "💡 Идея: «Час без слов»"),
        (Draft(ideas=(Idea(" ", "…"),)), "💡 Идеи готовы"),
        (ANSWER, "💬 Ответ: Пишем спокойно и коротко."),
        (Draft(found=False), "💬 Есть ответ"),
        (Draft(raw_text="{"), "💬 Есть ответ"),
    ],
)
def test_the_first_words_say_what_came(draft: Draft, said: str) -> None:
    assert card_headline(card(draft), TEXTS).text == said


@given(title=st.text(max_size=400), others=st.integers(0, 7))
def test_any_title_makes_one_short_message_without_addresses(title: str, others: int) -> None:
    draft = Draft(ideas=tuple(Idea(title, "текст") for _ in range(others + 1)))
    shown = card_headline(card(draft), TEXTS)
    assert len(shown.parts) == 1
    assert shown.body.length <= TITLE_LIMIT + 80
    assert addresses(shown.text) == []


def test_a_failure_says_at_once_what_happened() -> None:
    failed = Failure(
        generation(state=GenerationState.FAILED), brief(), "model_timeout", Language.RUSSIAN, retryable=True
    )
    assert failure_headline(failed, TEXTS).text.startswith("⚠️ Языковая модель слишком долго")
