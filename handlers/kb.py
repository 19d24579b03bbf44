"""/kb: the documents of the project, looked through and opened."""

from aiogram.filters import CommandObject

from handlers.briefs import text_of
from handlers.i18n import Texts
from handlers.kb_callbacks import KbCard, KbPage
from handlers.kb_keyboards import card_keyboard, list_keyboard
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.kb_card import card_message
from handlers.views.kb_list import list_message
from services.assistant.knowledge.list_documents import ListDocuments
from services.assistant.knowledge.show_document import ShowDocument
from services.domain.chat import Chat, ChatAddress
from services.domain.member import Member

COMMAND = "kb"


def add_commands(commands: CommandTable) -> None:
    commands.add(COMMAND, kb)


def add_presses(presses: PressTable) -> None:
    presses.add(KbPage, turn_page)
    presses.add(KbCard, open_card)


async def kb(
    *,
    command: CommandObject,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_documents: ListDocuments,
) -> None:
    page = await list_documents(member, chat, command.args or "")
    # In reply to the command: its words are read from there again when a page is turned.
    await sender.send(address, list_message(page, texts), list_keyboard(page, texts), reply_to=address.message_id)


async def turn_page(
    press: Press,
    *,
    data: KbPage,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_documents: ListDocuments,
) -> None:
    page = await list_documents(member, chat, searched_words(press), data.shelf, data.page)
    await press.answer()
    await sender.edit(address, list_message(page, texts), list_keyboard(page, texts))


async def open_card(
    press: Press,
    *,
    data: KbCard,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    show_document: ShowDocument,
) -> None:
    card = await show_document(member, chat, data.document_id)
    await press.answer()
    keyboard = card_keyboard(card, texts, shelf=data.shelf, page=data.page)
    if data.here:
        await sender.edit(address, card_message(card, texts).single, keyboard)
    else:
        await sender.send(address.at(None), card_message(card, texts).single, keyboard)


def searched_words(press: Press) -> str:
    """Empty when the command is gone from the chat: then all documents are shown."""
    said = text_of(press.source) if press.source is not None else ""
    name, _, words = said.partition(" ")
    return words if name.partition("@")[0].lower() == f"/{COMMAND}" else ""
