"""Messages that nobody waits for: rendered in the reader's language, with delivery's errors."""

from dataclasses import replace
from typing import Any

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import CopyMessage, GetMe, SendMessage
from aiogram.types import InlineKeyboardMarkup

from handlers.delivery_renderers import Content, Copied, access_renderers, draft_renderers
from handlers.delivery_sender import TelegramDeliverySender
from handlers.i18n import Catalogues, Texts
from services.assistant.ports import Card
from services.delivery.ports import ChatMoved, NotSent, Uncertain, Undeliverable
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
    renderers = {**access_renderers(), **draft_renderers(find_card)}
    return TelegramDeliverySender(bot, catalogues, find_member, renderers, never_left=(NeverLeft,)), telegram


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


async def test_somebodys_message_is_copied_as_it_is(catalogues: Catalogues) -> None:
    async def copy(_: Delivery, texts: Texts) -> Content:
        return Copied(ChatAddress(7001, None, 31))

    bot, telegram = recording_bot()
    sender = TelegramDeliverySender(bot, catalogues, find_member, {DeliveryKind.BROADCAST: copy})
    assert await sender.send(Delivery(1, DeliveryKind.BROADCAST, ChatAddress(-9, 4), {})) == ChatAddress(-9, 4, 1001)
    copied = telegram.last(CopyMessage)
    assert (copied.chat_id, copied.message_thread_id) == (-9, 4)
    assert (copied.from_chat_id, copied.message_id) == (7001, 31)


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
        (ClientDecodeError("half an answer", ValueError("cut"), "{"), Uncertain),
        (TelegramUnauthorizedError(method=GetMe(), message="Unauthorized"), NotSent),
        (TelegramMigrateToChat(method=GetMe(), message="upgraded", migrate_to_chat_id=-1005), ChatMoved),
        (TelegramEntityTooLarge(method=GetMe(), message="too large"), Undeliverable),
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
    if isinstance(caught.value, ChatMoved):
        assert caught.value.new_chat_id == -1005


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Forbidden: bot was blocked by the user", "chat_closed"),
        ("Forbidden: user is deactivated", "chat_closed"),
        ("Forbidden: bot was kicked from the supergroup chat", "chat_closed"),
        ("Forbidden: bot is not a member of the channel chat", "chat_closed"),
        ("Forbidden: bot can't initiate conversation with a user", "chat_closed"),
        ("Bad Request: chat not found", "chat_closed"),
        ("Bad Request: not enough rights to send text messages to the chat", "chat_closed"),
        ("Forbidden: bot can't send messages to bots", "refused"),
        ("Bad Request: message text is empty", "refused"),
        ("Bad Request: TOPIC_CLOSED", "refused"),
    ],
)
async def test_a_chat_that_is_closed_is_told_from_a_message_that_is_refused(
    parts: tuple[TelegramDeliverySender, RecordingSession], said: str, code: str
) -> None:
    sender, telegram = parts
    kind = TelegramForbiddenError if said.startswith("Forbidden") else TelegramBadRequest
    telegram.fail(SendMessage, kind(method=GetMe(), message=said))
    with pytest.raises(Undeliverable) as caught:
        await sender.send(REQUEST)
    assert caught.value.code == code
