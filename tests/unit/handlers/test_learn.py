"""/learn, files without a word, and the buttons under them."""

from dataclasses import replace
from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import Document, Message, MessageEntity, MessageOriginUser

from services.domain.errors import NotAllowed, StaleAction
from services.domain.learning import LearningKind
from services.domain.question import Purpose
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import GROUP, WHEN
from tests.unit.handlers.test_kb import DOCUMENT

FILE = Document(file_id="BQ1", file_unique_id="1", file_name="прайс.pdf", mime_type="application/pdf", file_size=5_000)
SOUND = Document(file_id="BQ2", file_unique_id="2", file_name="a.ogg", mime_type="audio/ogg", file_size=5_000)


def url(text: str, address: str, kind: str = "url") -> MessageEntity:
    return MessageEntity(type=kind, offset=text.index(address), length=len(address))


def started(stage: Stage) -> dict[str, Any]:
    return stage.use_cases["start_lesson"].last


def caption(text: str) -> dict[str, Any]:
    return {"caption": text, "caption_entities": [MessageEntity(type="bot_command", offset=0, length=6)]}


async def test_a_file_with_the_command_is_taken_at_once(stage: Stage) -> None:
    await stage.says(None, document=FILE, **caption("/learn весенний прайс"))
    call = started(stage)
    (learning,) = call["learnings"]
    assert (learning.kind, learning.place, learning.file_name) == (LearningKind.FILE, "BQ1", "прайс.pdf")
    assert (learning.position, learning.size_bytes, learning.note) == (10, 5_000, "весенний прайс")
    assert (call["new"].key, call["new"].address, call["offered_as"]) == ("message:501:10", stage.address, None)
    assert stage.telegram.sent(SendMessage) == [], "who follows lessons answers"


async def test_a_file_that_is_answered_is_taken_and_its_offer_with_it(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.says("/learn", reply_to_message=stage.message(None, message_id=7, document=FILE, media_group_id="88"))
    call = started(stage)
    assert [each.position for each in call["learnings"]] == [7]
    assert (call["new"].key, call["offered_as"]) == (f"message:{GROUP.id}:10", f"album:{GROUP.id}:88")


async def test_links_of_one_message_are_one_lesson(stage: Stage) -> None:
    text = "/learn https://tea.example/a tea.example/b важное"
    links = [url(text, "https://tea.example/a"), url(text, "tea.example/b")]
    await stage.feeds(10, message=_marked(stage, text, links))
    learnings = started(stage)["learnings"]
    assert [each.place for each in learnings] == ["https://tea.example/a", "https://tea.example/b"]
    assert [each.file_name for each in learnings] == ["tea.example/a", "tea.example/b"]
    assert {(each.kind, each.note) for each in learnings} == {(LearningKind.LINK, "важное")}


async def test_links_of_the_message_that_is_answered(stage: Stage) -> None:
    said = stage.message("смотрите тут", message_id=7)
    hidden = MessageEntity(type="text_link", offset=9, length=3, url="https://tea.example/c")
    await stage.says("/learn", reply_to_message=said.model_copy(update={"entities": [hidden]}))
    assert [each.place for each in started(stage)["learnings"]] == ["https://tea.example/c"]


@pytest.mark.parametrize("carried", [{"text": "/learn"}, {"document": SOUND, **caption("/learn")}])
async def test_nothing_to_learn_is_told_how(stage: Stage, carried: dict[str, Any]) -> None:
    await stage.says(carried.pop("text", None), **carried)
    assert stage.telegram.last(SendMessage).text == stage.text("learn.how")
    assert stage.use_cases["start_lesson"].calls == []


async def test_more_links_than_one_lesson_holds(stage: Stage) -> None:
    await stage.says("/learn " + " ".join(f"https://tea.example/{number}" for number in range(11)))
    assert stage.telegram.last(SendMessage).text == stage.text("learn.too_many", most=10)


@pytest.mark.parametrize("said", [{}, {"caption": "прайс на весну"}])
@pytest.mark.parametrize("is_forwarded", [False, True])
async def test_a_file_in_private_is_offered(stage: Stage, said: dict[str, Any], is_forwarded: bool) -> None:
    person = stage.message("x").from_user
    assert person is not None
    origin = {"forward_origin": MessageOriginUser(date=WHEN, sender_user=person)} if is_forwarded else {}
    stage.use_cases["offer_lesson"].answer = object()
    await stage.says(None, document=FILE, **said, **origin)
    call = stage.use_cases["offer_lesson"].last
    assert [(each.place, each.note) for each in call["learnings"]] == [("BQ1", said.get("caption"))]
    assert stage.telegram.sent(SendMessage) == []


async def test_what_cannot_be_read_gets_the_hint(stage: Stage) -> None:
    await stage.says(None, document=FILE)
    assert len(stage.use_cases["offer_lesson"].calls) == 1
    assert stage.telegram.last(SendMessage).text == stage.text("documents.how_to_add")


async def test_in_groups_a_file_is_peoples_own(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.says(None, document=FILE)
    assert stage.use_cases["offer_lesson"].calls == []
    assert stage.telegram.sent(SendMessage) == []


@pytest.mark.parametrize(("purpose", "said"), [(Purpose.BROADCAST, {}), (Purpose.IDEA, {"caption": "слоган к этому"})])
async def test_a_file_that_answers_a_question_is_no_offer(stage: Stage, purpose: Purpose, said: dict[str, Any]) -> None:
    stage.use_cases["offer_lesson"].answer = object()
    assert stage.member is not None
    await stage.says("x")
    await stage.use_cases.pending_inputs.ask(stage.member, stage.address.at(None), purpose, {})
    await stage.says(None, document=FILE, message_id=20, **said)
    assert stage.use_cases["offer_lesson"].calls == []
    asked = stage.use_cases["prepare_broadcast" if purpose is Purpose.BROADCAST else "start_generation"]
    assert len(asked.calls) == 1


async def test_the_file_that_was_asked_for_is_the_next_version(stage: Stage) -> None:
    assert stage.member is not None
    await stage.says("x")
    payload = {"document_id": 17, "version": 2}
    stage.use_cases["replace_document"].answer = replace(DOCUMENT, project_id=5)
    await stage.use_cases.pending_inputs.ask(stage.member, stage.address.at(None), Purpose.REPLACEMENT, payload)
    await stage.says(None, document=FILE, message_id=20)
    assert stage.use_cases["replace_document"].last["document_id"] == 17
    new = started(stage)["new"]
    assert (new.key, new.project_id) == ("replace:17:message:501:20", 5)


async def test_a_late_part_of_an_album_joins_it(stage: Stage) -> None:
    stage.chat = GROUP
    stage.use_cases["join_lesson"].answer = True
    await stage.says(None, document=FILE, media_group_id="88")
    assert stage.use_cases["join_lesson"].last["key"] == f"album:{GROUP.id}:88"


@pytest.mark.parametrize(("step", "use_case"), [("a", "accept_offer"), ("x", "cancel_lesson"), ("r", "retry_lesson")])
async def test_every_button_is_one_use_case(stage: Stage, step: str, use_case: str) -> None:
    await stage.presses(f"ls:31:{step}")
    assert stage.use_cases[use_case].last["lesson_id"] == 31
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 1


@pytest.mark.parametrize(
    ("error", "key"),
    [(NotAllowed(), "error.not_allowed"), (StaleAction("x", state="lesson_over"), "stale.lesson_over")],
)
async def test_a_press_that_changes_nothing_is_told_why(stage: Stage, error: Exception, key: str) -> None:
    stage.use_cases["cancel_lesson"].answer = error
    await stage.presses("ls:31:x")
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text(key)


def _marked(stage: Stage, text: str, links: list[MessageEntity]) -> Message:
    message = stage.message(text)
    return message.model_copy(update={"entities": [*(message.entities or ()), *links]})
