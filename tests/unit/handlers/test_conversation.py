"""Messages that are no commands."""

from typing import Any

import pytest
from aiogram.methods import SendMessage
from aiogram.types import Document, PhotoSize, Sticker, TextQuote, Voice

from services.domain.chat import ChatAddress
from services.domain.errors import StaleAction
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import GROUP, generation

VOICE = Voice(file_id="1", file_unique_id="1", duration=3)
FILE = Document(file_id="1", file_unique_id="1", file_name="brand.pdf")
STICKER = Sticker(file_id="1", file_unique_id="1", type="regular", width=1, height=1, is_animated=False, is_video=False)


async def test_a_reply_to_a_draft_refines_it(stage: Stage) -> None:
    stage.use_cases["refine_draft"].answer = generation()
    await stage.says("короче", reply_to_message=stage.muza_said(message_id=900))
    call = stage.use_cases["refine_draft"].last
    assert (call["target"], call["address"], call["text"]) == (
        ChatAddress(501, None, 900),
        ChatAddress(501, None, 10),
        "короче",
    )
    assert stage.telegram.calls == []


async def test_the_quoted_phrase_goes_along(stage: Stage) -> None:
    stage.use_cases["refine_draft"].answer = generation()
    quote = TextQuote(text="Тихая полка\nничего не брать", position=0)
    await stage.says("смелее", reply_to_message=stage.muza_said(), quote=quote)
    assert stage.use_cases["refine_draft"].last["text"] == "> Тихая полка\n> ничего не брать\n\nсмелее"


async def test_a_reply_that_is_too_late_is_told_why(stage: Stage) -> None:
    stage.use_cases["refine_draft"].answer = StaleAction("x", state="approved", decided_by="Вера")
    await stage.says("короче", reply_to_message=stage.muza_said())
    assert stage.telegram.last(SendMessage).text == "Этот бриф уже утверждён. Решение: Вера."


async def test_plain_words_get_a_hint_with_a_button(stage: Stage) -> None:
    await stage.says("кампания о тишине")
    hint = stage.telegram.last(SendMessage)
    assert hint.text == stage.text("fallback.offer")
    assert hint.reply_parameters is not None
    assert hint.reply_parameters.message_id == 10
    assert stage.use_cases["start_generation"].calls == []


async def test_a_reply_to_something_else_of_muza_gets_the_hint(stage: Stage) -> None:
    await stage.says("спасибо", reply_to_message=stage.muza_said("Здравствуйте!"))
    assert stage.telegram.last(SendMessage).text == stage.text("fallback.offer")


@pytest.mark.parametrize("text", ["коллеги, обед?", "/dance", "обсудим @other_bot"])
async def test_in_groups_people_talk_undisturbed(stage: Stage, text: str) -> None:
    stage.chat = GROUP
    await stage.says(text)
    await stage.says(None, voice=VOICE)
    await stage.says("ответ коллеге", reply_to_message=stage.message("что?", message_id=2))
    assert stage.telegram.sent(SendMessage) == []
    assert stage.use_cases["refine_draft"].calls == []


async def test_in_a_group_a_mention_is_heard(stage: Stage) -> None:
    stage.chat, stage.topic = GROUP, 5
    await stage.says("@muza_bot придумай слоган")
    hint = stage.telegram.last(SendMessage)
    assert (hint.chat_id, hint.message_thread_id) == (GROUP.id, 5)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"document": FILE}, "documents.how_to_add"),
        ({"sticker": STICKER}, "fallback.only_text"),
        ({"photo": [PhotoSize(file_id="1", file_unique_id="1", width=1, height=1)]}, "fallback.only_text"),
    ],
)
async def test_what_muza_cannot_read_is_said_kindly(stage: Stage, content: dict[str, Any], key: str) -> None:
    await stage.says(None, **content)
    assert stage.telegram.last(SendMessage).text == stage.text(key)


@pytest.mark.parametrize(
    ("typed", "meant"), [("/ides", "idea"), ("/hystory", "history"), ("/setings", "settings"), ("/user", "users")]
)
async def test_a_mistyped_command_gets_a_suggestion(stage: Stage, typed: str, meant: str) -> None:
    await stage.says(typed)
    assert stage.telegram.last(SendMessage).text == stage.text("fallback.did_you_mean", command=meant)


@pytest.mark.parametrize("typed", ["/qwxz", "/", "/ ", "/@muza_bot"])
async def test_an_unknown_command_points_to_help(stage: Stage, typed: str) -> None:
    await stage.says(typed)
    assert stage.telegram.last(SendMessage).text == stage.text("fallback.unknown_command")


async def test_a_question_waits_while_the_person_sends_a_sticker(stage: Stage) -> None:
    await stage.says("/idea")
    await stage.says(None, sticker=STICKER)
    await stage.says("кампания о тишине", message_id=14)
    assert stage.use_cases["start_generation"].last["text"] == "кампания о тишине"
