"""/broadcast as an admin says and presses it, without a network."""

from dataclasses import replace

import pytest
from aiogram.methods import AnswerCallbackQuery, CopyMessage, EditMessageText, SendMessage
from aiogram.types import InlineKeyboardMarkup, MessageEntity, MessageId, PhotoSize

from handlers.broadcast_copy import NO_CAPTION
from services.assistant.broadcast_drafts import Proposal
from services.domain.broadcast import Audience, BroadcastCounts, BroadcastReport, BroadcastState
from services.domain.chat import ChatAddress
from services.domain.errors import NobodyToReach, StaleAction
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, APPROVER, GROUP, PRIVATE, WHEN
from tests.unit.handlers.views.test_broadcast import RUNNING

DRAFT = Proposal(replace(RUNNING, state=BroadcastState.DRAFT), {Audience.MEMBERS: 12, Audience.APPROVERS: 3})
PROPOSAL = replace(DRAFT, sizes={**DRAFT.sizes, Audience.GROUPS: 0})


@pytest.fixture(autouse=True)
def admins_chat(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.member, stage.chat = ADMIN, replace(PRIVATE, id=503)
    stage.use_cases["prepare_broadcast"].answer = PROPOSAL
    give = stage.telegram._result
    monkeypatch.setattr(
        stage.telegram, "_result", lambda m: MessageId(message_id=70) if isinstance(m, CopyMessage) else give(m)
    )


def labels(markup: object) -> list[list[str]]:
    assert isinstance(markup, InlineKeyboardMarkup)
    return [[button.text for button in row] for row in markup.inline_keyboard]


async def test_a_reply_is_copied_and_the_question_follows(stage: Stage) -> None:
    await stage.says("/broadcast", reply_to_message=stage.message("новость", message_id=5))
    copied = stage.telegram.last(CopyMessage)
    assert (copied.chat_id, copied.from_chat_id, copied.message_id, copied.caption) == (503, 503, 5, None)
    assert stage.use_cases["prepare_broadcast"].last == {"member": ADMIN, "source": ChatAddress(503, None, 70)}
    question = stage.telegram.last(SendMessage)
    assert question.text == "☝️ Вот что получат люди.\n\nОтправить 12 людям?"
    assert labels(question.reply_markup) == [
        ["• Всем: 12 •", "Согласующим: 3", "В группы: 0"],
        ["📣 Отправить", "✖️ Не отправлять"],
    ]


async def test_words_after_the_command_keep_their_formatting(stage: Stage) -> None:
    text = "/broadcast 👋 Важно: завтра"
    bold = MessageEntity(type="bold", offset=14, length=5)
    command = MessageEntity(type="bot_command", offset=0, length=10)
    message = stage.message(text).model_copy(update={"entities": [command, bold]})
    await stage.feeds(message.message_id, message=message)
    shown = stage.telegram.sent(SendMessage)[0]
    assert shown.text == "👋 Важно: завтра"
    assert [(e.type, e.offset, e.length) for e in shown.entities or []] == [("bold", 3, 5)]
    assert stage.use_cases["prepare_broadcast"].last["source"] == ChatAddress(503, None, 1001)


@pytest.mark.parametrize(("caption", "kept"), [("/broadcast Афиша", "Афиша"), ("/broadcast", NO_CAPTION)])
async def test_a_picture_loses_only_the_command(stage: Stage, caption: str, kept: str) -> None:
    photo = [PhotoSize(file_id="f", file_unique_id="u", width=1, height=1)]
    command = [MessageEntity(type="bot_command", offset=0, length=10)]
    await stage.says(None, photo=photo, caption=caption, caption_entities=command)
    copied = stage.telegram.last(CopyMessage)
    assert (copied.message_id, copied.caption, copied.caption_entities) == (10, kept, None)


async def test_alone_it_asks_and_takes_whatever_comes(stage: Stage) -> None:
    await stage.says("/broadcast")
    assert "Что объявить?" in (stage.telegram.last(SendMessage).text or "")
    stage.telegram.refuse(CopyMessage, "message can't be copied")
    await stage.says(None, message_id=20)
    assert "не даёт скопировать" in (stage.telegram.last(SendMessage).text or "")
    await stage.says(None, message_id=21, media_group_id="7")
    assert stage.telegram.last(CopyMessage).message_id == 21
    assert "Из альбома" in (stage.telegram.sent(SendMessage)[-2].text or "")
    assert len(stage.use_cases["prepare_broadcast"].calls) == 1
    await stage.says(None, message_id=22)
    assert stage.telegram.last(CopyMessage).message_id == 21, "the question was answered"


async def test_a_forgotten_command_is_no_announcement(stage: Stage) -> None:
    await stage.says("/broadcast")
    await stage.says("/hlep", message_id=20)
    assert stage.telegram.sent(CopyMessage) == []


async def test_who_may_not_and_where_not(stage: Stage) -> None:
    stage.member = APPROVER
    await stage.says("/broadcast привет")
    assert "рассылают администраторы" in (stage.telegram.last(SendMessage).text or "")
    stage.member, stage.chat = ADMIN, GROUP
    await stage.says("/broadcast привет")
    assert "в личном чате" in (stage.telegram.last(SendMessage).text or "")
    assert stage.use_cases["prepare_broadcast"].calls == []


async def test_another_audience_is_marked_and_an_empty_one_cannot_be_sent_to(stage: Stage) -> None:
    chosen = replace(PROPOSAL, broadcast=replace(PROPOSAL.broadcast, audience=Audience.GROUPS))
    stage.use_cases["choose_audience"].answer = chosen
    await stage.presses("to:5:groups")
    edited = stage.telegram.last(EditMessageText)
    assert (edited.text or "").endswith("В этом списке пока никого нет.")
    assert labels(edited.reply_markup) == [
        ["Всем: 12", "Согласующим: 3", "• В группы: 0 •"],
        ["✖️ Не отправлять"],
    ]


async def test_from_send_on_the_message_is_left_to_the_progress(stage: Stage) -> None:
    await stage.presses("bc:5:send")
    assert stage.use_cases["start_broadcast"].last["shown_in"] == ChatAddress(503, None, 900)
    assert stage.telegram.last(AnswerCallbackQuery).text == "Отправляю"
    stopped = replace(RUNNING, state=BroadcastState.STOPPED)
    counts = BroadcastCounts(sent=412, cancelled=588)
    stage.use_cases["stop_broadcast"].answer = BroadcastReport(stopped, counts, WHEN, 10.0)
    await stage.presses("bc:5:stop")
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == ("Остановлено. Дошло: 412 из 1000, остальным не уйдёт.", True)
    assert stage.telegram.sent(EditMessageText) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StaleAction(state="broadcast_running"), "Это объявление уже рассылается."),
        (StaleAction(state="broadcast_done"), "Это объявление уже разослано."),
        (StaleAction(state="broadcast_stopped"), "Эта рассылка уже остановлена."),
        (NobodyToReach(), "В этом списке пока никого нет. Выберите другой."),
    ],
)
async def test_a_late_press_is_answered_kindly(stage: Stage, error: Exception, said: str) -> None:
    stage.use_cases["start_broadcast"].answer = error
    await stage.presses("bc:5:send")
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (said, True)


async def test_thinking_better_of_it_takes_the_buttons_away(stage: Stage) -> None:
    await stage.presses("bc:5:cancel")
    edited = stage.telegram.last(EditMessageText)
    assert (edited.text, edited.reply_markup) == ("Не отправлено. Никто ничего не получил.", None)
