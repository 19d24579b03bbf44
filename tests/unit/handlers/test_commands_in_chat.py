"""Commands: one use case each, with the words from wherever they stand."""

from datetime import UTC, datetime, timedelta

import pytest
from aiogram.methods import SendMessage
from aiogram.types import ForceReply

from services.assistant.budgets.show_budgets import BudgetReport
from services.assistant.list_history import HistoryItem
from services.assistant.report_status import ComponentStatus, StatusReport
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryState
from services.domain.errors import BriefTooLong, NotAllowed, StoreUnavailable
from services.domain.generation import GenerationState
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, GROUP, PRIVATE, WHEN, WRITER, card, generation
from tests.unit.handlers.test_access import buttons


@pytest.mark.parametrize(("command", "task"), [("idea", Task.IDEA), ("ask", Task.ASK)])
async def test_words_after_the_command_start_an_attempt(stage: Stage, command: str, task: Task) -> None:
    await stage.says(f"/{command} слоган\nк осени")
    call = stage.use_cases["start_generation"].last
    assert (call["text"], call["task"], call["member"], call["chat"]) == ("слоган\nк осени", task, WRITER, PRIVATE)
    assert call["address"] == ChatAddress(501, None, 10)
    assert stage.telegram.calls == []  # the presenter speaks, not the handler


async def test_a_command_addressed_by_name_works_in_a_group_and_keeps_the_topic(stage: Stage) -> None:
    stage.chat, stage.topic = GROUP, 5
    await stage.says("/idea@muza_bot слоган")
    assert stage.use_cases["start_generation"].last["address"] == ChatAddress(GROUP.id, 5, 10)


async def test_a_command_for_another_bot_is_not_ours(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.says("/idea@other_bot слоган")
    assert stage.use_cases["start_generation"].calls == []
    assert stage.telegram.sent(SendMessage) == []


async def test_a_command_in_reply_to_a_message_takes_its_text(stage: Stage) -> None:
    await stage.says("/idea", reply_to_message=stage.message("снять ролик о тишине", message_id=4))
    assert stage.use_cases["start_generation"].last["text"] == "снять ролик о тишине"


async def test_a_caption_may_carry_the_command(stage: Stage) -> None:
    await stage.feeds(10, message=stage.message(None, caption="/idea по этой картинке"))
    assert stage.use_cases["start_generation"].last["text"] == "по этой картинке"


async def test_without_words_muza_asks_and_takes_the_next_message(stage: Stage) -> None:
    await stage.says("/idea")
    question = stage.telegram.last(SendMessage)
    assert question.text == stage.text("idea.ask_brief")
    assert isinstance(question.reply_markup, ForceReply)
    assert question.reply_markup.selective
    assert question.reply_parameters is not None
    assert question.reply_parameters.message_id == 10
    await stage.says("кампания о тишине", message_id=12)
    call = stage.use_cases["start_generation"].last
    assert (call["text"], call["task"], call["address"].message_id) == ("кампания о тишине", Task.IDEA, 12)


async def test_in_a_group_the_answer_must_be_a_reply(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.says("/ask")
    await stage.says("коллеги, обед?", message_id=12)
    assert stage.use_cases["start_generation"].calls == []
    await stage.says("каким тоном пишем?", message_id=13, reply_to_message=stage.muza_said())
    assert stage.use_cases["start_generation"].last["text"] == "каким тоном пишем?"


async def test_a_brief_that_is_too_long_is_explained_with_numbers(stage: Stage) -> None:
    stage.use_cases["start_generation"].answer = BriefTooLong(limit=6000, length=10_000)
    await stage.says("/idea " + "я" * 4000)
    said = stage.telegram.last(SendMessage)
    assert said.text is not None
    assert "10000" in said.text
    assert "6000" in said.text
    assert said.reply_parameters is not None


async def test_a_known_trouble_is_a_sentence_and_an_unknown_one_has_a_code(stage: Stage) -> None:
    stage.use_cases["start_generation"].answer = StoreUnavailable("disk I/O error at /secret/path")
    await stage.says("/idea слоган")
    assert stage.telegram.last(SendMessage).text == stage.text("error.store_unavailable")
    stage.use_cases["start_generation"].answer = RuntimeError("secret detail")
    await stage.says("/idea слоган")
    said = stage.telegram.last(SendMessage).text
    assert said is not None
    assert said.startswith("Простите")
    assert "secret" not in said


async def test_start_greets_by_name_and_follows_deep_links(stage: Stage) -> None:
    await stage.says("/start")
    assert "Анна" in (stage.telegram.last(SendMessage).text or "")
    await stage.says("/start idea")
    assert stage.telegram.last(SendMessage).text == stage.text("idea.ask_brief")
    stage.use_cases["find_draft"].answer = card()
    await stage.says("/start draft_7")
    assert stage.use_cases["find_draft"].last["generation_id"] == 7
    assert stage.use_cases["show_attempt"].last["message"].message_id > 1000
    await stage.says("/start draft_" + "9" * 40)
    assert "Анна" in (stage.telegram.last(SendMessage).text or "")


async def test_help_shows_admin_commands_to_admins_only(stage: Stage) -> None:
    await stage.says("/help")
    assert "/users" not in (stage.telegram.last(SendMessage).text or "")
    stage.member = ADMIN
    stage.use_cases["show_budgets"].answer = BudgetReport((), (), is_admin=True)
    await stage.says("/help")
    assert "/users" in (stage.telegram.last(SendMessage).text or "")


async def test_history_lists_briefs_with_a_button_each(stage: Stage) -> None:
    items = (
        HistoryItem(7, Task.IDEA, "слоган к осени", GenerationState.APPROVED, 2, WHEN),
        HistoryItem(5, Task.ASK, "каким тоном?", GenerationState.ANSWERED, 1, WHEN),
    )
    stage.use_cases["list_history"].answer = items
    await stage.says("/history")
    said = stage.telegram.last(SendMessage)
    assert "слоган к осени" in (said.text or "")
    assert said.reply_markup is not None
    assert [row[0].callback_data for row in said.reply_markup.inline_keyboard] == ["h:7", "h:5"]  # type: ignore[union-attr]


async def test_empty_history_says_how_to_begin(stage: Stage) -> None:
    stage.use_cases["list_history"].answer = ()
    await stage.says("/history")
    assert stage.telegram.last(SendMessage).text == stage.text("history.empty")


async def test_status_is_short_for_members_and_full_for_admins(stage: Stage) -> None:
    report = StatusReport(
        (
            ComponentStatus("store", True),
            ComponentStatus("embeddings", False, "unavailable", {"model": "e5-small", "reason": "refused"}),
            ComponentStatus("model", True, facts={"model": "gpt-4.1", "provider": "openai"}),
            ComponentStatus("new part", False, "odd"),
        ),
        "1.0",
        3,
        {DeliveryState.NEW: 2, DeliveryState.UNCERTAIN: 1, DeliveryState.DEAD: 9},
        undelivered=4,
        oldest_waiting=datetime.now(UTC) - timedelta(hours=7, minutes=30),
    )
    stage.use_cases["report_status"].answer = report
    await stage.says("/status")
    assert "Смысловая" not in (stage.telegram.last(SendMessage).text or "")
    stage.member = ADMIN
    await stage.says("/status")
    said = stage.telegram.last(SendMessage).text or ""
    assert "✅ База данных" in said
    assert "⚠️ Смысловая модель: ищу только по ключевым словам (e5-small)" in said
    assert "✅ Языковая модель: gpt-4.1" in said
    assert "⚠️ new part: odd" in said
    assert "3 варианта" in said
    assert "Ждут отправки: 2 сообщения, самое давнее ждёт 7 часов" in said
    assert "Неизвестно, дошло ли 1 сообщение" in said
    assert "Не дошли 3 сообщения" in said
    assert buttons(stage.telegram.last(SendMessage).reply_markup) == {"📭 Что не дошло": "ud:0:1"}
    assert stage.text("status.privacy_mode") in said


async def test_users_is_refused_in_words(stage: Stage) -> None:
    stage.use_cases["list_members"].answer = NotAllowed()
    await stage.says("/users")
    assert stage.telegram.last(SendMessage).text == stage.text("error.not_allowed")


async def test_cancel_says_what_it_ended(stage: Stage) -> None:
    await stage.says("/cancel")
    assert stage.telegram.last(SendMessage).text == stage.text("cancel.nothing")
    await stage.says("/idea")
    await stage.says("/cancel")
    assert stage.telegram.last(SendMessage).text == stage.text("cancel.forgot")
    stage.use_cases["stop_in_chat"].answer = generation()
    await stage.says("/cancel")
    assert stage.telegram.last(SendMessage).text == stage.text("cancel.stopped")


async def test_commands_are_read_in_any_case(stage: Stage) -> None:
    await stage.says("/IDEA слоган")
    assert stage.use_cases["start_generation"].last["text"] == "слоган"
