"""Lists of waiting drafts as people read them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.i18n import Catalogues, Texts
from handlers.queue_keyboards import drafts_keyboard, queue_keyboard
from handlers.views.queue import SHOWN, age, expired_message, queue_message, reminder_message
from services.assistant.list_queue import QueueItem, QueuePage
from services.domain.language import Language

ITEM = QueueItem(7, "слоган к осени", "Анна", timedelta(days=2, hours=3))
FACTS: dict[str, Any] = {"round": 1, "escalated": False, "nobody_else": False, "people": []}
PEOPLE = [{"telegram_id": 502, "name": "Борис"}, {"telegram_id": 503, "name": "Вера"}]


@pytest.fixture
def texts(catalogues: Catalogues) -> Texts:
    return catalogues.texts(Language.RUSSIAN)


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(minutes=59), "меньше часа"),
        (timedelta(hours=1), "1 час"),
        (timedelta(hours=23), "23 часа"),
        (timedelta(days=1), "1 день"),
        (timedelta(days=21), "21 день"),
    ],
)
def test_age(texts: Texts, waited: timedelta, said: str) -> None:
    assert age(waited, texts) == said


def test_the_queue_numbers_its_drafts_through_all_pages(texts: Texts) -> None:
    shown = queue_message(QueuePage((ITEM, replace(ITEM, generation_id=5)), 1, 2, 10), texts).text
    assert shown.startswith("Ждут решения 10 вариантов\n")
    assert "9. слоган к осени\nАнна, ждёт 2 дня\n10. слоган" in shown
    keyboard = queue_keyboard(QueuePage((ITEM,), 1, 3, 17))
    assert keyboard is not None
    assert [[button.callback_data for button in row] for row in keyboard.inline_keyboard] == [
        ["h:7"],
        ["wq:0", "n", "wq:2"],
    ]
    assert keyboard.inline_keyboard[1][1].text == "2/3"


def test_an_empty_queue_has_no_buttons(texts: Texts) -> None:
    page = QueuePage((), 0, 1, 0)
    assert "Ничего не ждёт решения" in queue_message(page, texts).text
    assert queue_keyboard(page) is None


def test_a_reminder_in_private_speaks_to_its_reader(texts: Texts) -> None:
    shown = reminder_message([ITEM] * 3, FACTS, texts, in_private=True)
    assert shown.text.startswith("⏳ 3 варианта ждут вашего решения")
    assert "завтра" not in shown.text
    last = reminder_message([ITEM], {**FACTS, "round": 2}, texts, in_private=True)
    assert "завтра спрошу ещё кого-нибудь" in last.text


def test_a_reminder_in_a_group_names_those_who_decide(texts: Texts) -> None:
    shown = reminder_message([ITEM], {**FACTS, "people": PEOPLE}, texts, in_private=False)
    assert "Кто решает: Борис, Вера" in shown.text
    mentions = [entity for entity in shown.entities if entity.type == "text_mention"]
    units = shown.text.encode("utf-16-le")
    named = [units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in mentions]
    assert named == ["Борис", "Вера"]
    assert [entity.user.id for entity in mentions if entity.user] == [502, 503]


def test_an_escalation_says_why_it_comes(texts: Texts) -> None:
    facts = {**FACTS, "round": 3, "escalated": True}
    assert "пока молчат" in reminder_message([ITEM], facts, texts, in_private=True).text
    nobody = reminder_message([ITEM], {**facts, "nobody_else": True}, texts, in_private=True)
    assert "пишу администраторам" in nobody.text


def test_a_long_digest_shows_the_longest_waits_and_leads_to_the_queue(texts: Texts) -> None:
    items = [replace(ITEM, generation_id=number) for number in range(1, SHOWN + 4)]
    shown = reminder_message(items, FACTS, texts, in_private=True)
    assert "13 вариантов ждут" in shown.text
    assert "И ещё 3 в /queue." in shown.text
    assert len(drafts_keyboard(items).inline_keyboard) == SHOWN


def test_nobody_can_smuggle_a_link_into_a_list(texts: Texts) -> None:
    item = replace(ITEM, brief_text="см. evil.example/?q=1", asker="a.example")
    shown = queue_message(QueuePage((item,), 0, 1, 1), texts)
    covered = [shown.text[e.offset : e.offset + e.length] for e in shown.entities if e.type == "code"]
    assert "evil.example/?q=1" in covered
    assert "a.example" in covered


def test_the_notice_of_expiry_tells_how_to_go_on(texts: Texts) -> None:
    facts = {"days": 14, "people": PEOPLE}
    alone = expired_message([ITEM], facts, texts, in_private=True).text
    assert alone.startswith("🕰 1 вариант не дождался решения за 14 дней")
    assert "Борис" not in alone
    assert "Авторы запросов: Борис, Вера" in expired_message([ITEM, ITEM], facts, texts, in_private=False).text
