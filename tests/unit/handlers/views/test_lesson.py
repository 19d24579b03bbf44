"""What people read while a document is learned, and afterwards."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.i18n import Catalogues
from handlers.lesson_keyboards import lesson_keyboard
from handlers.views.lesson import lesson_message
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.learning import Learning, LearningKind, LearningState, Lesson

S = LearningState
TEXTS = Catalogues(Language.RUSSIAN).texts(Language.RUSSIAN)


def learning(name: str = "прайс.pdf", state: LearningState = S.DONE, **facts: Any) -> Learning:
    known = {"document_ids": (7,), "done": 12, "total": 12} if state is S.DONE else {}
    return replace(Learning(3, 1, 1, LearningKind.FILE, "BQ", name, state), **{**known, **facts})


def lesson(*learnings: Learning) -> Lesson:
    address = ChatAddress(501, None, 10)
    made = datetime(2026, 3, 1, tzinfo=UTC)
    return Lesson(31, "message:501:10", 1, 1, Language.RUSSIAN, address, None, 3, 0, learnings, made)


def text_of(*learnings: Learning) -> str:
    return lesson_message(lesson(*learnings), TEXTS).text


def labels(*learnings: Learning) -> list[str]:
    markup = lesson_keyboard(lesson(*learnings), TEXTS)
    return [button.text for row in markup.inline_keyboard for button in row] if markup else []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (learning(state=S.RECEIVED), "скачиваю"),
        (learning(state=S.FETCHED), "читаю"),
        (learning(state=S.FETCHED, done=3, total=12), "▓▓░░░░░░░░ чищу и делю на фрагменты: 3 из 12"),
        (learning(state=S.READ, done=6, total=12), "▓▓▓▓▓░░░░░ запоминаю смысл: 6 из 12"),
    ],
)
def test_how_far_it_is(one: Learning, said: str) -> None:
    assert text_of(one) == f"📚 Изучаю\n\n⏳ прайс.pdf\n{said}"
    assert labels(one) == ([] if one.state is S.READ else ["✖️ Отмена"])


def test_what_is_offered_may_be_a_brief_as_well() -> None:
    plain, said = learning(state=S.OFFERED), learning("второй.docx", S.OFFERED, note="слоган к этому")
    assert text_of(plain, said).startswith("Получила 2 файла\n\n📄 прайс.pdf\n\n📄 второй.docx\n\nЧто с этим сделать?")
    assert labels(plain) == ["📚 Добавить в базу знаний", "Не нужно"]
    assert labels(said) == ["📚 Добавить в базу знаний", "💡 Придумать идеи", "🔎 Спросить базу", "Не нужно"]


def test_what_became_of_it() -> None:
    archive = learning("всё.zip", document_ids=(8, 9), done=40, total=40)
    broken = learning("б.pdf", S.FAILED, error_code="document_damaged", error_facts={"name": "б.pdf"})
    text = text_of(learning(), archive, broken, learning("в.md", S.UNCHANGED, document_ids=(5,)))
    assert text.startswith(
        "📚 Готово, запомнила\n\n✅ прайс.pdf: 12 фрагментов\n\n✅ всё.zip: 2 документа, 40 фрагментов"
    )
    assert "⚠️ б.pdf\nФайл «б.pdf» повреждён" in text
    assert "☑️ в.md: уже есть в базе, ничего не изменилось" in text
    assert text.endswith("спросите /ask или попросите идеи /idea.")
    assert labels(learning(), archive, broken) == ["📖 прайс.pdf"]
    assert labels(learning()) == ["📖 Открыть карточку"]


def test_what_a_person_should_know_is_told() -> None:
    text = text_of(learning(notes=("hidden_text", "pages_without_text", "near:Старый прайс", "unheard_of"), done=3))
    assert "скрытый текст" in text
    assert "похоже на сканы" in text
    assert "Почти то же самое, что «Старый прайс»" in text
    assert "Пока нахожу по словам" in text
    assert "unheard_of" not in text


def test_only_what_may_pass_is_tried_again() -> None:
    away = learning(state=S.FAILED, error_code="link_failed", error_facts={"address": "tea.example", "why": "503"})
    locked = learning(state=S.FAILED, error_code="document_protected", error_facts={"name": "а.pdf"})
    assert labels(away) == ["🔁 Повторить"]
    assert "не открылась (503)" in text_of(away)
    slow = learning(state=S.FAILED, error_code="link_failed", error_facts={"address": "tea.example", "why": "timeout"})
    assert "не открылась (ответа не дождалась)" in text_of(slow)
    assert labels(locked) == []
    assert text_of(locked).startswith("Не получилось")
    assert text_of(learning(state=S.CANCELLED)).startswith("Отменено")


def test_many_files_fit_into_one_message() -> None:
    rendered = lesson_message(
        lesson(*(learning(f"{'очень длинное имя ' * 14}{number}.pdf") for number in range(60))), TEXTS
    )
    assert "…и ещё 40 файлов" in rendered.text
    assert len(rendered.parts) <= 2
    assert rendered.single.body.length <= 4096


def test_a_name_that_looks_like_an_address_cannot_be_pressed() -> None:
    rendered = lesson_message(lesson(learning("evil.example/login")), TEXTS)
    assert any(entity.type == "code" for entity in rendered.entities)
