"""The list of messages that did not arrive, and its buttons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from handlers.callbacks import AllLettersPress, LetterAction, LetterPress, UndeliveredPress
from handlers.i18n import Catalogues
from handlers.undelivered_renderers import undelivered_renderers
from handlers.views.undelivered import elapsed, undelivered_message
from services.assistant.list_undelivered import Undelivered, UndeliveredPage
from services.assistant.resend_delivery import Resent
from services.delivery.ports import NotNeeded
from services.domain.chat import ChatAddress
from services.domain.delivery import AllLetters, Delivery, DeliveryKind, OneLetter
from services.domain.errors import NotAllowed, StaleAction
from services.domain.language import Language
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, WRITER
from tests.unit.handlers.test_access import buttons

NOW = datetime.now(UTC)
DEAD = Undelivered(OneLetter(7, 2), DeliveryKind.REVIEW_CARD, "Вера", False, "refused", NOW - timedelta(days=3))
MAYBE = Undelivered(
    OneLetter(8, 1), DeliveryKind.BROADCAST, "Команда", True, "no_answer", NOW - timedelta(hours=5, minutes=9)
)
PAGE = UndeliveredPage((DEAD, MAYBE), 12, 1, 3, NOW)
NOTHING = UndeliveredPage((), 0, 0, 1, None)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.member = ADMIN
    stage.use_cases["list_undelivered"].answer = PAGE
    return stage


async def test_the_list_says_what_to_whom_and_why(stage: Stage) -> None:
    await stage.presses(UndeliveredPress(number=1, is_new=True).pack())
    sent = stage.telegram.last(SendMessage)
    said = sent.text or ""
    assert "6. ⚠️ Вариант на согласование → Вера\nTelegram не принял сообщение, 3 дня назад" in said
    assert "7. ❔ Объявление → Команда\nTelegram не ответил: могло дойти, 5 часов назад" in said
    assert "дважды" in said
    offered = buttons(sent.reply_markup)
    assert (
        offered["6. 🔁 Отправить"] == LetterPress(action=LetterAction.AGAIN, delivery_id=7, attempt=2, number=1).pack()
    )
    assert offered["7. 🔁 Всё равно отправить"].startswith("ul:again:8:1")
    assert (offered["◀"], offered["▶"]) == ("ud:0:0", "ud:2:0")


async def test_pages_are_turned_in_place(stage: Stage) -> None:
    await stage.presses(UndeliveredPress(number=2).pack())
    assert stage.use_cases["list_undelivered"].last["number"] == 2
    assert stage.telegram.sent(EditMessageText)
    assert stage.telegram.sent(SendMessage) == []


@pytest.mark.parametrize(
    ("may_double", "words"), [(True, "undelivered.resent_may_double"), (False, "undelivered.resent")]
)
async def test_one_is_sent_again(stage: Stage, may_double: bool, words: str) -> None:
    stage.use_cases["resend_delivery"].answer = Resent(1, may_double=may_double)
    await stage.presses(LetterPress(action=LetterAction.AGAIN, delivery_id=7, attempt=2, number=1).pack())
    assert stage.use_cases["resend_delivery"].last["letters"] == OneLetter(7, 2)
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text(words)
    assert stage.use_cases["list_undelivered"].last["number"] == 1
    assert stage.telegram.sent(EditMessageText)


async def test_one_is_forgotten(stage: Stage) -> None:
    stage.use_cases["forget_delivery"].answer = 1
    await stage.presses(LetterPress(action=LetterAction.FORGET, delivery_id=7, attempt=2).pack())
    assert stage.use_cases["forget_delivery"].last["letters"] == OneLetter(7, 2)
    assert stage.use_cases["resend_delivery"].calls == []
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("undelivered.forgotten")


async def test_all_are_those_that_the_list_knew_of(stage: Stage) -> None:
    stage.use_cases["resend_delivery"].answer = Resent(3)
    await stage.presses(UndeliveredPress(number=1, is_new=True).pack())
    await stage.presses(buttons(stage.telegram.last(SendMessage).reply_markup)["🔁 Отправить недошедшие"])
    chosen = stage.use_cases["resend_delivery"].last["letters"]
    assert isinstance(chosen, AllLetters)
    assert timedelta(0) <= chosen.settled_until - NOW <= timedelta(milliseconds=1)
    assert (stage.telegram.last(AnswerCallbackQuery).text or "").startswith("Отправляю ещё раз 3 сообщения.")
    stage.use_cases["forget_delivery"].answer = 2
    stage.use_cases["list_undelivered"].answer = NOTHING
    await stage.presses(AllLettersPress(action=LetterAction.FORGET, until_ms=1).pack())
    assert stage.telegram.last(EditMessageText).text == stage.text("undelivered.none")


@pytest.mark.parametrize("error", [NotAllowed(), StaleAction("settled", state="settled")])
async def test_who_may_not_or_comes_too_late_is_told(stage: Stage, error: Exception) -> None:
    stage.use_cases["resend_delivery"].answer = error
    await stage.presses(LetterPress(action=LetterAction.AGAIN, delivery_id=7, attempt=2).pack())
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert answer.show_alert
    assert answer.text
    assert stage.telegram.sent(EditMessageText) == []


async def test_an_alert_shows_what_is_there_when_it_is_sent(catalogues: Catalogues) -> None:
    page: UndeliveredPage | None = PAGE

    async def find(telegram_id: int) -> UndeliveredPage | None:
        return page if telegram_id == ADMIN.telegram_id else None

    render = undelivered_renderers(find)[DeliveryKind.DEAD_LETTERS]
    texts = catalogues.texts(Language.ENGLISH)
    alert = Delivery(1, DeliveryKind.DEAD_LETTERS, ChatAddress(ADMIN.telegram_id), {})
    content = await render(alert, texts)
    assert "12 messages did not arrive" in content.message.text  # type: ignore[union-attr]
    page = NOTHING
    with pytest.raises(NotNeeded):
        await render(alert, texts)
    with pytest.raises(NotNeeded):
        await render(replace(alert, address=ChatAddress(WRITER.telegram_id)), texts)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_every_kind_has_a_name(catalogues: Catalogues, language: Language, kind: DeliveryKind) -> None:
    page = UndeliveredPage((replace(DEAD, kind=kind, reason_code="KeyError"),), 1, 0, 1, NOW)
    said = undelivered_message(page, catalogues.texts(language), NOW).text
    assert "delivery." not in said
    assert "reason." not in said


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(seconds=-5), "0 мин"),
        (timedelta(minutes=59, seconds=59), "59 мин"),
        (timedelta(minutes=60), "1 час"),
        (timedelta(hours=24), "1 день"),
    ],
)
def test_ages_are_said_in_the_unit_that_people_think_in(catalogues: Catalogues, waited: timedelta, said: str) -> None:
    assert elapsed(waited, catalogues.texts(Language.RUSSIAN)) == said
