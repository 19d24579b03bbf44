"""Messages that nobody waits for: rendered in the reader's language, with delivery's errors."""

from dataclasses import replace
from typing import Any

import pytest
from aiogram.exceptions import (
    RestartingTelegram,
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import GetMe, SendMessage
from aiogram.types import InlineKeyboardMarkup

from handlers.delivery_sender import TelegramDeliverySender
from handlers.i18n import Catalogues
from services.assistant.ports import Card
from services.delivery.ports import NotSent, Uncertain, Undeliverable
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import GenerationState
from services.domain.language import Language
from services.domain.member import Member
from tests.fakes.telegram_session import RecordingSession, bad_request, recording_bot
from tests.unit.handlers.people import ADMIN, card, generation


class NeverLeft(TelegramNetworkError):
    pass


ENGLISH_ADMIN = replace(ADMIN, language=Language.ENGLISH, telegram_id=777)
PEOPLE = {ADMIN.telegram_id: ADMIN, ENGLISH_ADMIN.telegram_id: ENGLISH_ADMIN}
DECIDED = card(generation=generation(state=GenerationState.APPROVED))


async def find_member(telegram_id: int) -> Member | None:
    return PEOPLE.get(telegram_id)


async def find_card(generation_id: int, reader_id: int) -> Card | None:
    assert reader_id in PEOPLE
    return {7: card(), 8: DECIDED}.get(generation_id)


@pytest.fixture
def parts(catalogues: Catalogues) -> tuple[TelegramDeliverySender, RecordingSession]:
    bot, telegram = recording_bot()
    return TelegramDeliverySender(bot, catalogues, find_member, find_card, never_left=(NeverLeft,)), telegram


def delivery(kind: DeliveryKind, to: int = 503, **payload: Any) -> Delivery:
    return Delivery(1, kind, ChatAddress(to), payload)


REQUEST = delivery(DeliveryKind.ACCESS_REQUEST, member_id=4, name="Глеб", username="gleb")


async def test_a_request_to_join_carries_both_answers(parts: tuple[TelegramDeliverySender, RecordingSession]) -> None:
    sender, telegram = parts
    assert await sender.send(REQUEST) == ChatAddress(503, None, 1001)
    sent = telegram.last(SendMessage)
    assert sent.text == "🙋 Заявка на доступ\nГлеб (@gleb)"
    assert isinstance(sent.reply_markup, InlineKeyboardMarkup)
    buttons = sent.reply_markup.inline_keyboard[0]
    assert [button.callback_data for button in buttons] == ["a:4:1", "a:4:0"]
    assert [button.style for button in buttons] == ["success", "danger"]


async def test_the_reader_reads_their_own_language(parts: tuple[TelegramDeliverySender, RecordingSession]) -> None:
    sender, telegram = parts
    await sender.send(replace(REQUEST, address=ChatAddress(777)))
    assert (telegram.last(SendMessage).text or "").startswith("🙋 Request to join")
    await sender.send(delivery(DeliveryKind.ACCESS_GRANTED, to=1))
    assert (telegram.last(SendMessage).text or "").startswith("🎉 Добро пожаловать")
    await sender.send(delivery(DeliveryKind.ACCESS_DENIED, to=777))
    assert "declined" in (telegram.last(SendMessage).text or "")


async def test_drafts_for_approvers_and_decisions_for_authors(
    parts: tuple[TelegramDeliverySender, RecordingSession],
) -> None:
    sender, telegram = parts
    await sender.send(Delivery(1, DeliveryKind.REVIEW_CARD, ChatAddress(503), {"generation_id": 7, "from": "Анна"}))
    sent = telegram.last(SendMessage)
    assert (sent.text or "").startswith("📨 На согласование, автор запроса: Анна\n\n1. Тихая полка")
    assert isinstance(sent.reply_markup, InlineKeyboardMarkup)
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "ok:7:4"
    await sender.send(delivery(DeliveryKind.DRAFT_DECIDED, generation_id=8, verdict="approved", decided_by="Вера"))
    assert telegram.last(SendMessage).text == "✅ Ваш вариант утверждён. Решение: Вера\n\nслоган к осени"
    forgotten = Delivery(1, DeliveryKind.REVIEW_CARD, ChatAddress(503), {"generation_id": 99, "from": "Анна"})
    with pytest.raises(Undeliverable):
        await sender.send(forgotten)


@pytest.mark.parametrize("kind", list(DeliveryKind))
async def test_every_kind_can_be_rendered(
    parts: tuple[TelegramDeliverySender, RecordingSession], kind: DeliveryKind
) -> None:
    payload = {"member_id": 4, "name": "Глеб", "generation_id": 7, "from": "Анна", "decided_by": "Вера"}
    assert await parts[0].send(Delivery(1, kind, ChatAddress(503), payload)) is not None


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (TelegramForbiddenError(method=GetMe(), message="Forbidden: bot was blocked by the user"), Undeliverable),
        (bad_request("chat not found"), Undeliverable),
        (TelegramRetryAfter(method=GetMe(), message="Too Many Requests", retry_after=17), NotSent),
        (NeverLeft(method=GetMe(), message="connection refused"), NotSent),
        (RestartingTelegram(method=GetMe(), message="restart"), NotSent),
        (TelegramNetworkError(method=GetMe(), message="timeout"), Uncertain),
        (TelegramServerError(method=GetMe(), message="Internal"), Uncertain),
        (TelegramAPIError(method=GetMe(), message="?"), Uncertain),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
async def test_telegrams_errors_become_deliverys(
    parts: tuple[TelegramDeliverySender, RecordingSession], trouble: Exception, meaning: type[Exception]
) -> None:
    sender, telegram = parts
    telegram.fail(SendMessage, trouble)
    with pytest.raises(meaning) as caught:
        await sender.send(REQUEST)
    if isinstance(caught.value, NotSent) and isinstance(trouble, TelegramRetryAfter):
        assert caught.value.retry_after == 17
