"""/history: the latest briefs, each a button that opens the draft again."""

from handlers.callbacks import HistoryPress
from handlers.i18n import Catalogues, Texts
from handlers.keyboards import card_keyboard, history_keyboard
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.card import card_message
from handlers.views.history import history_message
from services.assistant.find_draft import FindDraft
from services.assistant.list_history import ListHistory
from services.assistant.show_attempt import ShowAttempt
from services.domain.chat import Chat, ChatAddress
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("history", history)


def add_presses(presses: PressTable) -> None:
    presses.add(HistoryPress, reopen)


async def history(
    member: Member, chat: Chat, address: ChatAddress, texts: Texts, sender: MessageSender, list_history: ListHistory
) -> None:
    items = await list_history(member, chat)
    await sender.send(address, history_message(items, texts), history_keyboard(items))


async def reopen(
    press: Press,
    *,
    data: HistoryPress,
    member: Member,
    address: ChatAddress,
    catalogues: Catalogues,
    sender: MessageSender,
    find_draft: FindDraft,
    show_attempt: ShowAttempt,
) -> None:
    await open_draft(member, data.generation_id, address, catalogues, sender, find_draft, show_attempt)


async def open_draft(
    member: Member,
    generation_id: int,
    address: ChatAddress,
    catalogues: Catalogues,
    sender: MessageSender,
    find_draft: FindDraft,
    show_attempt: ShowAttempt,
) -> None:
    """The draft in a new message, which from then on can be replied to like the first one."""
    card = await find_draft(member, generation_id, address)
    texts = catalogues.texts(card.language)
    sent = await sender.send(address.at(None), card_message(card, texts), card_keyboard(card, texts))
    await show_attempt(member, generation_id, sent)
