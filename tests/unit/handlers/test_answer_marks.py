"""Thumbs under an answer, and the list of documents that should have answered."""

from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.answer_callbacks import GoldenPress, GoldenStep, MarkPress
from handlers.answer_keyboards import golden_keyboard
from handlers.answer_marks import offer_message
from handlers.answer_renderers import answer_renderers
from handlers.delivery_renderers import Said
from handlers.i18n import Catalogues
from handlers.keyboards import card_keyboard
from handlers.views.links import broken
from services.assistant.knowledge.offer_question import Offer
from services.domain.answer_mark import AnswerMark, KnownQuestion
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import GenerationState
from services.domain.idea import Draft
from services.domain.knowledge import Document
from services.domain.language import Language
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, brief, card, generation

TEXTS = Catalogues(Language.RUSSIAN).texts(Language.RUSSIAN)
OFFER = Offer(
    7,
    "Сколько стоит плед?",
    tuple(Document(n, 1, f"{n}.md", f"Документ {n}", "document", Language.RUSSIAN, "h") for n in (1, 2)),
)


def buttons(keyboard: object) -> list[InlineKeyboardButton]:
    assert isinstance(keyboard, InlineKeyboardMarkup)
    return [button for row in keyboard.inline_keyboard for button in row]


def golden(button: InlineKeyboardButton) -> GoldenPress:
    return GoldenPress.unpack(str(button.callback_data))


async def test_an_answer_wears_thumbs_and_ideas_do_not(stage: Stage) -> None:
    answer = card(generation=generation(state=GenerationState.ANSWERED), brief=brief(task=Task.ASK))
    assert [one.text for one in buttons(card_keyboard(answer, TEXTS))][:2] == ["👍", "👎"]
    assert "👎" not in [one.text for one in buttons(card_keyboard(card(), TEXTS))]


async def test_a_thumb_is_taken_and_thanked_for(stage: Stage) -> None:
    stage.use_cases["mark_answer"].answer = True
    await stage.presses(MarkPress(generation_id=7, is_good=False).pack())
    call = stage.use_cases["mark_answer"].last
    assert (call["generation_id"], call["mark"]) == (7, AnswerMark.BAD)
    assert [one.text for one in stage.telegram.sent(AnswerCallbackQuery)] == [stage.text("mark.bad")]
    assert stage.telegram.sent(SendMessage) == []


async def test_an_administrator_is_offered_the_golden_question_at_once(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["mark_answer"].answer = True
    stage.use_cases["offer_question"].answer = OFFER
    await stage.presses(MarkPress(generation_id=7, is_good=False).pack())
    (sent,) = stage.telegram.sent(SendMessage)
    assert OFFER.question in sent.text
    assert [one.text for one in buttons(sent.reply_markup)][:2] == ["▫️ Документ 1", "▫️ Документ 2"]


async def test_ticks_are_carried_by_the_buttons(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["offer_question"].answer = OFFER
    second = buttons(golden_keyboard(OFFER, 0, TEXTS))[1]
    await stage.presses(str(second.callback_data))
    (edited,) = stage.telegram.sent(EditMessageText)
    shown = buttons(edited.reply_markup)
    assert [one.text[0] for one in shown[:2]] == ["▫", "✅"]
    assert (golden(shown[0]).chosen, golden(shown[1]).chosen, golden(shown[2]).chosen) == (3, 0, 2)
    stage.use_cases["keep_question"].answer = KnownQuestion(1, OFFER.question, ("2.md",), 1, 7)
    await stage.presses(str(shown[2].callback_data))
    call = stage.use_cases["keep_question"].last
    assert (call["chosen"], call["check"]) == ((1,), OFFER.check)
    assert broken("2.md") in str(stage.telegram.sent(EditMessageText)[-1].text)


async def test_a_list_that_has_changed_is_drawn_without_ticks(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["offer_question"].answer = OFFER
    old = GoldenPress(generation_id=7, step=GoldenStep.DRAW, chosen=3, check=OFFER.check ^ 1)
    await stage.presses(old.pack())
    (edited,) = stage.telegram.sent(EditMessageText)
    assert [one.text[0] for one in buttons(edited.reply_markup)[:2]] == ["▫", "▫"]


async def test_nothing_answers_it_may_be_the_right_answer(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["keep_question"].answer = KnownQuestion(1, OFFER.question, (), 1, 7)
    await stage.presses(GoldenPress(generation_id=7, step=GoldenStep.NOTHING, check=OFFER.check).pack())
    assert stage.use_cases["keep_question"].last["chosen"] == ()
    bare = offer_message(Offer(7, "Что?", ()), TEXTS)
    assert "Что?" in bare.parts[0].text


async def test_a_notice_shows_question_answer_and_who_thought_it_bad(stage: Stage) -> None:
    shown = card(
        generation=generation(state=GenerationState.ANSWERED), brief=brief(task=Task.ASK), draft=Draft(answer="29 евро")
    )

    async def find(generation_id: int, telegram_id: int) -> object:
        return shown if (generation_id, telegram_id) == (7, 1) else None

    render = answer_renderers(find)[DeliveryKind.ANSWER_MARKED]  # type: ignore[arg-type]
    told = {"generation_id": 7, "name": "Аня"}
    said = await render(Delivery(1, DeliveryKind.ANSWER_MARKED, ChatAddress(1), told), TEXTS)
    assert isinstance(said, Said)
    assert all(part in said.message.parts[0].text for part in ("Аня", "29 евро", shown.brief.text))
    assert golden(buttons(said.keyboard)[0]).step is GoldenStep.DRAW
