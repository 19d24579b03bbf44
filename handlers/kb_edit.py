"""What people write into the passport of a document, and how they send its next version: asked by a button, answered by
their next message."""

from contextlib import suppress
from datetime import UTC, datetime

from handlers.i18n import Texts, mark
from handlers.kb_callbacks import KbAsk, KbQuestion
from handlers.kb_keyboards import card_keyboard
from handlers.kb_words import read_note, read_refresh, read_validity
from handlers.keyboards import answer_field
from handlers.press import Press
from handlers.sender import MessageSender
from handlers.views.kb_card import card_message
from handlers.views.message import message as words
from handlers.views.people import addressed
from services.assistant.knowledge.change_passport import ChangePassport
from services.assistant.knowledge.replace_document import ReplaceDocument
from services.assistant.pending_inputs import PendingInput, PendingInputs
from services.domain.catalogue import PassportEdit
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import InputError
from services.domain.member import Member
from services.domain.passport import DocumentOrigin
from services.domain.question import Purpose

ABOUT_DOCUMENTS = frozenset({Purpose.PASSPORT, Purpose.REPLACEMENT})
"""Answered in writing, or by a file."""
_QUESTIONS = {
    KbQuestion.NOTE: mark("kb.ask_note"),
    KbQuestion.VALIDITY: mark("kb.ask_validity"),
    KbQuestion.REFRESH: mark("kb.ask_refresh"),
    KbQuestion.FILE: mark("kb.ask_file"),
}
_FIELDS = {
    KbQuestion.NOTE: mark("kb.field_note"),
    KbQuestion.VALIDITY: mark("kb.field_validity"),
    KbQuestion.REFRESH: mark("kb.field_refresh"),
    KbQuestion.FILE: mark("kb.field_file"),
}


async def ask(
    press: Press,
    *,
    data: KbAsk,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    replace_document: ReplaceDocument,
    pending_inputs: PendingInputs,
) -> None:
    document = await replace_document(member, chat, data.document_id, data.version)
    purpose = Purpose.REPLACEMENT if data.question is KbQuestion.FILE else Purpose.PASSPORT
    payload = {
        "document_id": document.id,
        "version": document.version,
        "question": data.question.value,
        "chat_id": address.chat_id,
        "topic_id": address.topic_id,
        "message_id": address.message_id,
    }
    await pending_inputs.ask(member, address.at(None), purpose.value, payload)
    await press.answer()
    question = texts(_QUESTIONS[data.question])
    if purpose is Purpose.REPLACEMENT and document.passport.origin is DocumentOrigin.FOLDER:
        question = " ".join((question, texts("kb.folder_overwrites")))
    await sender.send(
        address,
        addressed(member, question, in_private=address.is_private),
        answer_field(texts(_FIELDS[data.question])),
        reply_to=address.message_id,
    )


async def write_as_asked(
    question: PendingInput,
    said: str,
    *,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    pending_inputs: PendingInputs,
    change_passport: ChangePassport,
) -> None:
    """Words that cannot be read change nothing: the question goes on waiting. Raises what the use case raises."""
    asked = KbQuestion(question.payload["question"])
    edit = _read(asked, said)
    card = None
    if edit is not None:
        with suppress(InputError):  # a period that ends before it begins, or a number without measure
            card = await change_passport(member, chat, int(question.payload["document_id"]), edit)
    if card is None:
        await pending_inputs.ask(member, address.at(None), question.purpose, question.payload)
        waiting = asked is KbQuestion.FILE
        sorry = texts("kb.waiting_for_file") if waiting else texts("kb.not_understood", how=texts(_QUESTIONS[asked]))
        await sender.send(address, words(sorry), reply_to=address.message_id)
        return
    place = ChatAddress(question.payload["chat_id"], question.payload["topic_id"], question.payload["message_id"])
    await sender.replace(place, card_message(card, texts).single, card_keyboard(card, texts))
    await sender.send(address, words(texts("kb.written")), reply_to=address.message_id)


def _read(asked: KbQuestion, said: str) -> PassportEdit | None:
    if asked is KbQuestion.NOTE:
        return read_note(said)
    if asked is KbQuestion.VALIDITY:
        return read_validity(said, datetime.now(UTC).date())
    return read_refresh(said) if asked is KbQuestion.REFRESH else None
