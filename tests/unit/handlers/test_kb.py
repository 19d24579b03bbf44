"""/kb and the buttons under its cards, over use cases that answer what they are told to."""

from dataclasses import replace
from datetime import date

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendDocument, SendMessage

from handlers.kb_callbacks import KbAsk, KbCard, KbPage, KbPress, KbQuestion, KbStep
from handlers.kb_keyboards import cards_keyboard
from handlers.stale_renderers import stale_renderers
from services.assistant.knowledge.delete_document import Deleted
from services.assistant.knowledge.document_card import DocumentCard, VersionLine
from services.assistant.knowledge.list_documents import DocumentsPage, ListedDocument
from services.assistant.knowledge.report_stale_documents import StaleReport
from services.delivery.ports import NotNeeded
from services.domain.catalogue import CatalogueEntry, PassportField, Shelf
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.document_history import DocumentVersion
from services.domain.errors import FilesUnavailable, InputError, NotAllowed, StaleAction
from services.domain.freshness import Standing
from services.domain.knowledge import Document
from services.domain.language import Language
from services.domain.passport import DocumentFlag, DocumentOrigin, Passport
from services.domain.question import Purpose
from services.domain.recording import SpokenRequest
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, WHEN
from tests.unit.handlers.test_access import buttons
from tests.unit.handlers.test_voice import VOICE

PASSPORT = Passport(
    origin=DocumentOrigin.UPLOAD,
    file_key="documents/5/price.pdf",
    size_bytes=1_300_000,
    owner_id=1,
    note="Только для команды",
    valid_until=date(2026, 2, 1),
    refresh_days=30,
    checked_at=WHEN,
    added_at=WHEN,
    flags=(DocumentFlag.HIDDEN_TEXT,),
)
DOCUMENT = Document(
    17,
    1,
    "uploads/price.pdf",
    "Прайс *весна*",
    "pdf",
    Language.RUSSIAN,
    "0" * 64,
    3,
    format="pdf",
    pages=12,
    passport=PASSPORT,
)
VERSION = DocumentVersion(3, DOCUMENT.source, DOCUMENT.content_hash, None, None, 1, WHEN)
CARD = DocumentCard(DOCUMENT, 34, Standing.DUE, WHEN, "Анна", (VersionLine(VERSION, "Анна"),), 3, may_change=True)
COUNTS = {Shelf.ALL: 9, Shelf.MINE: 1, Shelf.STALE: 1, Shelf.FLAGGED: 0}
PAGE = DocumentsPage((ListedDocument(CatalogueEntry(DOCUMENT, 34), Standing.DUE),), Shelf.ALL, "", COUNTS, 1)


def pressed(step: KbStep) -> str:
    return KbPress(document_id=17, version=3, step=step).pack()


@pytest.fixture
def library(stage: Stage) -> Stage:
    stage.use_cases["list_documents"].answer = PAGE
    for name in ("show_document", "confirm_document", "change_passport"):
        stage.use_cases[name].answer = CARD
    stage.use_cases["replace_document"].answer = DOCUMENT
    stage.use_cases["delete_document"].answer = Deleted(DOCUMENT, 34)
    stage.use_cases["fetch_original"].answer = "price.pdf"
    return stage


async def test_documents_are_listed_with_their_signs_and_shelves(library: Stage) -> None:
    await library.says("/kb")
    shown = library.telegram.last(SendMessage)
    assert "9 документов" in (shown.text or "")
    assert "9. 📕 Прайс *весна* ⚠️🚩\n01.03.2026 · 12 страниц · 34 фрагмента" in (shown.text or "")
    assert list(buttons(shown.reply_markup)) == [
        "9. 📕 Прайс *весна*",
        "◀",
        "2/2",
        "▶",
        "• Все 9",
        "Мои 1",
        "⚠️ Проверить 1",
    ]


async def test_words_are_searched_for_and_found_again_when_a_page_is_turned(library: Stage) -> None:
    command = library.message("/kb прайс весна", message_id=10)
    await library.says("/kb прайс весна", message_id=10)
    assert library.use_cases["list_documents"].last["words"] == "прайс весна"
    said = library.telegram.last(SendMessage)
    assert said.reply_parameters is not None
    assert said.reply_parameters.message_id == 10
    await library.presses(KbPage(shelf=Shelf.STALE, page=2).pack(), on=library.muza_said(reply_to_message=command))
    call = library.use_cases["list_documents"].last
    assert (call["words"], call["shelf"], call["page"]) == ("прайс весна", Shelf.STALE, 2)
    await library.presses(KbPage().pack())
    assert library.use_cases["list_documents"].last["words"] == "", "the command is gone from the chat"


@pytest.mark.parametrize(
    ("words", "shelf", "key"),
    [("", Shelf.ALL, "kb.empty"), ("x", Shelf.ALL, "kb.nothing_found"), ("", Shelf.STALE, "kb.empty_stale")],
)
async def test_nothing_there_is_said_and_what_to_do(library: Stage, words: str, shelf: Shelf, key: str) -> None:
    library.use_cases["list_documents"].answer = DocumentsPage((), shelf, words, dict.fromkeys(Shelf, 0), 0)
    await library.says("/kb")
    assert library.text(key) in (library.telegram.last(SendMessage).text or "")


async def test_a_card_says_what_is_known_in_plain_words(library: Stage) -> None:
    await library.presses(KbCard(document_id=17, here=True, shelf=Shelf.MINE, page=1).pack())
    shown = library.telegram.last(EditMessageText)
    for said in (
        "📕 Прайс *весна*",
        "PDF · 12 страниц · 34 фрагмента · 1,2 МБ · русский",
        "uploads/price.pdf",
        "Отвечает: Анна",
        "по 01.02.2026 включительно",
        "раз в 30 дней, следующая 31.03.2026; последняя 01.03.2026",
        "Только для команды",
        "v3 · 01.03.2026 · Анна",
        "скрытый текст",
    ):
        assert said in (shown.text or ""), said
    labels = buttons(shown.reply_markup)
    assert KbPage.unpack(labels["‹ К списку"]) == KbPage(shelf=Shelf.MINE, page=1)


async def test_a_card_that_others_link_to_comes_in_a_message_of_its_own(library: Stage) -> None:
    await library.presses(KbCard(document_id=17).pack())
    assert "Прайс" in (library.telegram.last(SendMessage).text or "")
    assert library.telegram.sent(EditMessageText) == []


async def test_readers_get_no_buttons_that_change(library: Stage) -> None:
    library.use_cases["show_document"].answer = replace(CARD, may_change=False)
    await library.presses(KbCard(document_id=17, here=True).pack())
    assert list(buttons(library.telegram.last(EditMessageText).reply_markup)) == ["📄 Исходный файл", "‹ К списку"]
    await library.presses(pressed(KbStep.DELETE))
    assert library.telegram.last(AnswerCallbackQuery).text == library.text("error.not_allowed")


async def test_an_expired_document_is_not_confirmed_by_a_tap(library: Stage) -> None:
    library.use_cases["show_document"].answer = replace(CARD, standing=Standing.EXPIRED)
    await library.presses(KbCard(document_id=17, here=True).pack())
    shown = library.telegram.last(EditMessageText)
    assert library.text("kb.has_expired") in (shown.text or "")
    assert library.text("button.kb_confirm") not in buttons(shown.reply_markup)


async def test_still_holds_is_noted(library: Stage) -> None:
    await library.presses(pressed(KbStep.CONFIRM))
    assert library.use_cases["confirm_document"].last["version"] == 3
    assert library.telegram.last(AnswerCallbackQuery).text == library.text("kb.confirmed")


async def test_deleting_takes_two_taps_and_says_what_goes(library: Stage) -> None:
    await library.presses(pressed(KbStep.DELETE))
    asked = library.telegram.last(EditMessageText)
    assert "34 фрагмента" in (asked.text or "")
    assert library.use_cases["delete_document"].calls == []
    labels = buttons(asked.reply_markup)
    assert KbCard.unpack(labels["‹ Назад"]).here
    await library.presses(labels[library.text("button.kb_delete_now")])
    call = library.use_cases["delete_document"].last
    assert (call["document_id"], call["version"]) == (17, 3)
    assert "удалён из базы знаний" in (library.telegram.last(EditMessageText).text or "")


async def test_who_deletes_a_file_of_a_folder_hears_that_it_comes_back(library: Stage) -> None:
    of_folder = replace(DOCUMENT, passport=replace(PASSPORT, origin=DocumentOrigin.FOLDER))
    library.use_cases["show_document"].answer = replace(CARD, document=of_folder)
    await library.presses(pressed(KbStep.DELETE))
    assert library.text("kb.comes_back") in (library.telegram.last(EditMessageText).text or "")


async def test_a_press_on_an_older_version_changes_nothing_and_shows_the_card(library: Stage) -> None:
    library.use_cases["delete_document"].answer = StaleAction("x", state="document_changed")
    await library.presses(pressed(KbStep.DELETE_NOW))
    answer = library.telegram.last(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (library.text("stale.document_changed"), True)
    assert "34 фрагмента" in (library.telegram.last(EditMessageText).text or "")


async def test_a_press_on_what_is_gone_leads_back_to_the_list(library: Stage) -> None:
    gone = StaleAction("x", state="document_unknown")
    library.use_cases["confirm_document"].answer = library.use_cases["show_document"].answer = gone
    await library.presses(pressed(KbStep.CONFIRM))
    shown = library.telegram.last(EditMessageText)
    assert shown.text == library.text("stale.document_unknown")
    assert list(buttons(shown.reply_markup)) == ["‹ К списку"]


async def test_the_original_is_sent_in_reply_to_the_card(library: Stage) -> None:
    await library.presses(pressed(KbStep.ORIGINAL))
    sent = library.telegram.last(SendDocument)
    assert sent.document.filename == "price.pdf"  # type: ignore[union-attr]
    assert sent.reply_parameters is not None
    assert sent.reply_parameters.message_id == 900
    into = library.use_cases["fetch_original"].last["into"]
    assert not into.parent.exists(), "nothing is left on the disk"


async def test_an_original_that_does_not_come_is_told(library: Stage) -> None:
    library.use_cases["fetch_original"].answer = FilesUnavailable()
    await library.presses(pressed(KbStep.ORIGINAL))
    assert library.telegram.last(AnswerCallbackQuery).text == library.text("error.files_unavailable")
    assert library.telegram.sent(SendDocument) == []


async def ask(library: Stage, question: KbQuestion) -> None:
    await library.presses(KbAsk(document_id=17, version=3, question=question).pack())


async def test_a_passport_is_written_by_the_next_message(library: Stage) -> None:
    await ask(library, KbQuestion.VALIDITY)
    assert library.telegram.last(SendMessage).text == library.text("kb.ask_validity")
    await library.says("до 31.12.2027", message_id=11)
    call = library.use_cases["change_passport"].last
    assert (call["document_id"], call["edit"]) == (17, {PassportField.VALID_UNTIL: date(2027, 12, 31)})
    assert library.telegram.last(EditMessageText).message_id == 900
    assert library.telegram.last(SendMessage).text == library.text("kb.written")


async def test_words_that_cannot_be_read_are_asked_for_again(library: Stage) -> None:
    await ask(library, KbQuestion.REFRESH)
    await library.says("иногда", message_id=11)
    assert library.use_cases["change_passport"].calls == []
    assert "Не получилось понять" in (library.telegram.last(SendMessage).text or "")
    library.use_cases["change_passport"].answer = InputError("no measure")
    await library.says("9999 лет", message_id=12)
    assert "Не получилось понять" in (library.telegram.last(SendMessage).text or "")
    library.use_cases["change_passport"].answer = CARD
    await library.says("раз в год", message_id=13)
    assert library.use_cases["change_passport"].last["edit"] == {PassportField.REFRESH_DAYS: 365}


async def test_a_new_version_is_waited_for_as_a_file(library: Stage) -> None:
    await ask(library, KbQuestion.FILE)
    assert library.telegram.last(SendMessage).text == library.text("kb.ask_file")
    await library.says("вот", message_id=11)
    assert library.telegram.last(SendMessage).text == library.text("kb.waiting_for_file")
    ((_, waiting),) = library.use_cases.pending_inputs.questions.items()
    assert (waiting.purpose, waiting.payload["document_id"]) == (Purpose.REPLACEMENT, 17)


async def test_speech_is_no_answer_and_the_question_goes_on_waiting(library: Stage) -> None:
    await ask(library, KbQuestion.NOTE)
    await library.says(None, message_id=11, voice=VOICE)
    assert library.use_cases["take_recording"].last["new"].request == SpokenRequest()
    await library.says("CC BY", message_id=12)
    assert library.use_cases["change_passport"].last["edit"] == {PassportField.NOTE: "CC BY"}


async def test_nobody_is_asked_who_may_not_change_it(library: Stage) -> None:
    library.use_cases["replace_document"].answer = NotAllowed()
    await ask(library, KbQuestion.NOTE)
    assert library.telegram.last(AnswerCallbackQuery).text == library.text("error.not_allowed")
    assert library.use_cases.pending_inputs.questions == {}


async def test_the_digest_lists_what_to_check_and_opens_cards(library: Stage) -> None:
    entries = (CatalogueEntry(DOCUMENT, 34),)
    report: StaleReport | None = StaleReport(entries, 3, WHEN)

    async def find(telegram_id: int) -> StaleReport | None:
        return report if telegram_id == ADMIN.telegram_id else None

    render = stale_renderers(find)[DeliveryKind.STALE_DOCUMENTS]
    texts = library.catalogues.texts(Language.RUSSIAN)
    delivery = Delivery(1, DeliveryKind.STALE_DOCUMENTS, ChatAddress(ADMIN.telegram_id), {})
    said = await render(delivery, texts)
    assert "Пора проверить 3 документа" in said.message.text  # type: ignore[union-attr]
    assert "не действует с 02.02.2026" in said.message.text  # type: ignore[union-attr]
    (row,) = cards_keyboard(entries).inline_keyboard
    assert KbCard.unpack(row[0].callback_data or "") == KbCard(document_id=17, shelf=Shelf.STALE)
    report = None
    with pytest.raises(NotNeeded):
        await render(delivery, texts)
