"""Buttons under the card of a document that do something at once."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from aiogram import Bot
from aiogram.types import FSInputFile, InlineKeyboardMarkup, ReplyParameters

from handlers.i18n import Texts
from handlers.kb_callbacks import KbAsk, KbPress, KbStep
from handlers.kb_edit import ask
from handlers.kb_keyboards import card_keyboard, delete_keyboard, to_list_keyboard
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.kb_card import card_message, delete_question_message, deleted_message
from handlers.views.message import message as words
from services.assistant.knowledge.confirm_document import ConfirmDocument
from services.assistant.knowledge.delete_document import DeleteDocument
from services.assistant.knowledge.document_card import DocumentCard
from services.assistant.knowledge.fetch_original import FetchOriginal
from services.assistant.knowledge.show_document import ShowDocument
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member


def add_presses(presses: PressTable) -> None:
    presses.add(KbPress, step, when_stale=show_as_it_is)
    presses.add(KbAsk, ask, when_stale=show_as_it_is)


async def step(
    press: Press,
    *,
    data: KbPress,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    show_document: ShowDocument,
    confirm_document: ConfirmDocument,
    delete_document: DeleteDocument,
    fetch_original: FetchOriginal,
) -> None:
    if data.step is KbStep.CONFIRM:
        card = await confirm_document(member, chat, data.document_id, data.version)
        await press.answer(texts("kb.confirmed"))
        await sender.edit(address, card_message(card, texts).single, _keyboard(card, data, texts))
    elif data.step is KbStep.DELETE:
        card = _as_drawn(await show_document(member, chat, data.document_id), data)
        await press.answer()
        keyboard = delete_keyboard(card, texts, data.shelf, data.page)
        await sender.edit(address, delete_question_message(card, texts), keyboard)
    elif data.step is KbStep.DELETE_NOW:
        deleted = await delete_document(member, chat, data.document_id, data.version)
        await press.answer(texts("kb.deleted_now"))
        await sender.edit(address, deleted_message(deleted, texts), to_list_keyboard(texts, data.shelf, data.page))
    else:
        await _send_original(press, data.document_id, member, chat, address, bot, fetch_original)


async def show_as_it_is(
    data: KbPress | KbAsk,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    show_document: ShowDocument,
) -> None:
    """After a press on outdated buttons."""
    try:
        card = await show_document(member, chat, data.document_id)
    except StaleAction:
        await sender.edit(address, words(texts("stale.document_unknown")), to_list_keyboard(texts))
        return
    await sender.edit(address, card_message(card, texts).single, card_keyboard(card, texts))


async def _send_original(
    press: Press, document_id: int, member: Member, chat: Chat, address: ChatAddress, bot: Bot, fetch: FetchOriginal
) -> None:
    """Through a file of this machine: an original of 50 megabytes does not pass through the memory."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="original-"))
    try:
        name = await fetch(member, chat, document_id, folder / "original")
        await press.answer()
        await bot.send_document(
            chat_id=address.chat_id,
            message_thread_id=address.topic_id,
            document=FSInputFile(folder / "original", filename=name),
            reply_parameters=ReplyParameters(message_id=address.message_id or 0, allow_sending_without_reply=True),
        )
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _as_drawn(card: DocumentCard, data: KbPress) -> DocumentCard:
    if not card.may_change:
        raise NotAllowed
    if card.document.version != data.version:
        raise StaleAction("older version", state="document_changed")
    return card


def _keyboard(card: DocumentCard, data: KbPress, texts: Texts) -> InlineKeyboardMarkup:
    return card_keyboard(card, texts, shelf=data.shelf, page=data.page)
