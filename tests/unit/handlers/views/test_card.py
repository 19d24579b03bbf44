"""Cards as people see them, in both languages."""

from dataclasses import replace

import pytest

from handlers.i18n import Catalogues
from handlers.keyboards import card_keyboard, reasons_keyboard, stop_keyboard
from handlers.views.card import card_message, copy_text
from handlers.views.failure import failure_message
from handlers.views.progress import PREVIEW_LIMIT, progress_message, rich_progress
from handlers.views.review import decided_message, review_card_message
from services.assistant.ports import Failure
from services.domain.brief import Task
from services.domain.cached_draft import CacheKind
from services.domain.generation import GenerationState, Stage
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.prompt import ModelRole
from services.domain.routing import RouteReason, Routing
from tests.unit.handlers.people import ANSWER, IDEAS, brief, card, generation
from tests.unit.handlers.views.test_model_text import check, styles

RUSSIAN_CARD = """1. Тихая полка
Полка, с которой ничего не надо брать. [1] [2]
Почему это сработает: Пауза важнее скидки.

2. Час без слов
Кофейня молчит с 8 до 9.

💬 Не хватает срока кампании.

Источники
[1] Книга бренда › Голос › Тон
[2] Аудитория"""

ENGLISH_CARD = RUSSIAN_CARD.replace("Почему это сработает:", "Why it works:").replace("Источники", "Sources")


@pytest.mark.parametrize(("language", "expected"), [(Language.RUSSIAN, RUSSIAN_CARD), (Language.ENGLISH, ENGLISH_CARD)])
def test_ideas(catalogues: Catalogues, language: Language, expected: str) -> None:
    shown = card_message(card(), catalogues.texts(language))
    assert shown.text == expected
    check(shown.body)
    kinds = styles(shown.body)
    assert ("bold", "1. Тихая полка") in kinds
    assert any(kind == "expandable_blockquote" for kind, _ in kinds)
    assert shown.rich_markdown is None  # nothing in it that text could not show


def test_an_answer_with_its_sources(catalogues: Catalogues) -> None:
    shown = card_message(card(ANSWER), catalogues.texts(Language.ENGLISH))
    assert shown.text.startswith("Пишем спокойно и коротко. [1]\n\nSources\n[1] Книга бренда › Голос › Тон")


def test_nothing_found_is_said(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    shown = card_message(card(Draft(answer="", found=False), citations=()), texts)
    assert shown.text == texts("card.not_found")


def test_a_raw_answer_comes_with_a_warning(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    shown = card_message(card(Draft(raw_text="{сломано"), citations=()), texts)
    assert shown.text == f"{texts('card.raw')}\n\n{{сломано"


@pytest.mark.parametrize("state", list(GenerationState))
@pytest.mark.parametrize("draft", [IDEAS, ANSWER, Draft()], ids=["ideas", "answer", "empty"])
def test_every_state_has_something_to_say(catalogues: Catalogues, state: GenerationState, draft: Draft) -> None:
    for language in Language:
        texts = catalogues.texts(language)
        shown = card(draft, generation=generation(state=state), decided_by="Вера")
        assert card_message(shown, texts).parts[0].text.strip()
        for row in card_keyboard(shown, texts).inline_keyboard:
            assert row
            assert all(len((button.callback_data or "").encode()) <= 64 for button in row)


def test_numbers_that_the_model_made_up_are_left_out(catalogues: Catalogues) -> None:
    draft = Draft(ideas=(Idea("А", "Б", "", (1, 9, 1)),))
    assert "Б [1]\n" in card_message(card(draft), catalogues.texts(Language.RUSSIAN)).text


def test_a_draft_written_without_the_knowledge_base_says_so(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.ENGLISH)
    assert texts("card.ungrounded") in card_message(card(ungrounded=True), texts).text
    assert texts("card.ungrounded") not in card_message(card(), texts).text


@pytest.mark.parametrize("language", list(Language))
def test_a_draft_from_the_cache_says_so_and_offers_a_new_one(catalogues: Catalogues, language: Language) -> None:
    texts = catalogues.texts(language)
    said = [
        card_message(card(generation=generation(parameters={"cache": kind.value})), texts).text for kind in CacheKind
    ]
    assert all("⚡️" in text and "🔁" in text for text in said)
    assert said[0] != said[1], "the same words, or other words for it"
    assert "⚡️" not in card_message(card(), texts).text
    (label, *_) = [b.text for row in card_keyboard(card(), texts).inline_keyboard for b in row if "🔁" in b.text]
    assert label


@pytest.mark.parametrize("reason", list(RouteReason))
@pytest.mark.parametrize("language", list(Language))
def test_administrators_see_who_wrote_it_and_why(
    catalogues: Catalogues, language: Language, reason: RouteReason
) -> None:
    texts = catalogues.texts(language)
    written = replace(generation(), model="gpt-4.1-mini")
    shown = card_message(replace(card(), generation=written, routing=Routing(ModelRole.FAST, reason)), texts)
    assert f"gpt-4.1-mini: {texts(f'routing.{reason.value}')}" in shown.text
    assert "🧭" not in card_message(replace(card(), generation=written), texts).text


def test_tables_and_long_texts_are_rich_with_a_text_to_fall_back_on(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    table = Draft(ideas=(Idea("Медиаплан", "| Канал | Доля |\n|---|---|\n| TG | 60 |", "Так <b>видно</b>"),))
    shown = card_message(card(table), texts)
    assert shown.rich_markdown is not None
    assert "| TG | 60 |" in shown.rich_markdown
    assert "<details><summary>Почему это сработает:</summary>" in shown.rich_markdown
    assert "\\<b>видно" in shown.rich_markdown
    assert "TG" in shown.text
    long = Draft(ideas=tuple(Idea(f"Идея {n}", "слово " * 200, "потому") for n in range(6)))
    shown = card_message(card(long), texts)
    assert shown.rich_markdown is not None
    assert len(shown.parts) == 2
    assert len(shown.single.parts) == 1
    for part in shown.parts:
        check(part)


def test_a_text_too_long_even_for_a_rich_message_is_split(catalogues: Catalogues) -> None:
    endless = Draft(answer="слово " * 8000)
    shown = card_message(card(endless), catalogues.texts(Language.RUSSIAN))
    assert shown.rich_markdown is None
    assert len(shown.parts) > 10


def test_the_copy_button_carries_what_fits() -> None:
    assert copy_text(IDEAS) == "Тихая полка\nПолка, с которой **ничего** не надо брать."
    assert copy_text(ANSWER) == "Пишем спокойно и коротко."
    assert copy_text(Draft(ideas=(Idea("Заголовок" * 20, "т" * 200),))) == "т" * 200
    assert copy_text(Draft(answer="т" * 257)) is None
    assert copy_text(Draft()) is None


def test_buttons_of_a_draft_in_review(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.ENGLISH)
    rows = card_keyboard(card(attempts=(5, 7)), texts).inline_keyboard
    assert [[button.text for button in row] for row in rows] == [
        ["✅ Approve", "🔁 Regenerate"],
        ["✏️ Refine", "✖️ Not this"],
        ["◀", "2/2", "▶"],
        ["📋 Copy the first"],
    ]
    assert (rows[0][0].style, rows[1][1].style) == ("success", "danger")
    assert rows[3][0].copy_text is not None


def test_a_reader_who_may_not_approve_can_send_the_draft_to_those_who_may(catalogues: Catalogues) -> None:
    rows = card_keyboard(card(may_decide=False), catalogues.texts(Language.ENGLISH)).inline_keyboard
    assert [[button.text for button in row] for row in rows][:2] == [
        ["📨 Send for approval"],
        ["🔁 Regenerate", "✏️ Refine"],
    ]


def test_an_approved_draft_offers_no_decision(catalogues: Catalogues) -> None:
    decided = card(generation=generation(state=GenerationState.APPROVED))
    rows = card_keyboard(decided, catalogues.texts(Language.RUSSIAN)).inline_keyboard
    data = [button.callback_data for row in rows for button in row]
    assert data == [None]  # the copy button only


def test_other_keyboards(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.ENGLISH)
    labels = [b.text for row in reasons_keyboard(generation(), texts).inline_keyboard for b in row]
    assert labels == ["🔥 Bolder", "✂️ Shorter", "🔀 Another angle", "✍️ In my words", "🎲 Just again", "‹ Back"]
    assert stop_keyboard(generation(), texts).inline_keyboard[0][0].callback_data == "x:7"


@pytest.mark.parametrize("stage", [None, *Stage])
def test_progress_shows_what_has_come_and_what_goes_on(catalogues: Catalogues, stage: Stage | None) -> None:
    for language in Language:
        texts = catalogues.texts(language)
        assert progress_message(stage, None, texts).text.endswith("…")
        shown = progress_message(stage, Draft(ideas=(Idea("Тихая по", ""),)), texts).text
        assert shown.startswith("1. Тихая по\n\n")
        assert rich_progress(stage, IDEAS, texts).endswith("…*")


def test_a_long_preview_shows_its_end(catalogues: Catalogues) -> None:
    draft = Draft(answer="\n\n".join(f"абзац **{n}** " + "слово " * 40 for n in range(60)))
    shown = progress_message(Stage.DRAFT, draft, catalogues.texts(Language.RUSSIAN))
    assert "абзац 59" in shown.text
    assert "абзац 1 " not in shown.text
    assert shown.body.length <= PREVIEW_LIMIT + 50
    check(shown.body)


def failure(code: str, state: GenerationState, **changes: object) -> Failure:
    made = Failure(generation(state=state), brief(), code, Language.RUSSIAN, retryable=True)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_failures_say_what_happened_and_what_is_kept(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    shown = failure_message(failure("model_unavailable", GenerationState.FAILED), texts)
    assert shown.text == f"⚠️ {texts('error.model_unavailable')}\n{texts('failure.kept')}"
    partial = failure("stream_incomplete", GenerationState.FAILED, partial=IDEAS, retryable=False)
    assert failure_message(partial, texts).text.startswith("1. Тихая полка")
    assert texts("failure.kept") not in failure_message(partial, texts).text
    stopped = failure("stopped", GenerationState.STOPPED, stopped_by="Вера")
    assert "Остановлено: Вера" in failure_message(stopped, texts).text
    assert failure_message(failure("never heard of", GenerationState.FAILED), texts).text.startswith("⚠️ Что-то")


def test_review_cards_and_decisions_outside_the_chat(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    shown = review_card_message("От Анны", card_message(card(), texts))
    assert shown.text == f"От Анны\n\n{RUSSIAN_CARD}"
    check(shown.body)
    decided = decided_message(card(generation=generation(state=GenerationState.REJECTED)), "Вера", texts)
    assert decided.text == "✖️ Ваш вариант отклонён. Решение: Вера\n\nслоган к осени"


def test_an_earlier_attempt_can_be_approved_while_no_other_is(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.ENGLISH)
    earlier = card(generation=generation(state=GenerationState.SUPERSEDED))
    assert card_keyboard(earlier, texts).inline_keyboard[0][0].text == "✅ Approve"
    closed = card_keyboard(replace(earlier, is_open=False), texts).inline_keyboard
    assert [button.text for row in closed for button in row] == ["📋 Copy the first"]


def test_an_answer_is_never_offered_for_approval(catalogues: Catalogues) -> None:
    for state in (GenerationState.ANSWERED, GenerationState.SUPERSEDED):
        shown = card(ANSWER, generation=generation(state=state), brief=brief(task=Task.ASK))
        labels = [
            b.text for row in card_keyboard(shown, catalogues.texts(Language.ENGLISH)).inline_keyboard for b in row
        ]
        assert "✅ Approve" not in labels
