"""/queue: every draft that waits for a decision, each a button that opens it anew."""

from handlers.callbacks import QueuePress
from handlers.i18n import Texts
from handlers.press import Press
from handlers.queue_keyboards import queue_keyboard
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.queue import queue_message
from services.assistant.list_queue import ListQueue
from services.domain.chat import Chat, ChatAddress
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("queue", queue)


def add_presses(presses: PressTable) -> None:
    presses.add(QueuePress, turn_page)


async def queue(
    member: Member, chat: Chat, address: ChatAddress, texts: Texts, sender: MessageSender, list_queue: ListQueue
) -> None:
    page = await list_queue(member, chat)
    await sender.send(address, queue_message(page, texts), queue_keyboard(page))


async def turn_page(
    press: Press,
    *,
    data: QueuePress,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_queue: ListQueue,
) -> None:
    page = await list_queue(member, chat, data.page)
    await press.answer()
    await sender.edit(address, queue_message(page, texts), queue_keyboard(page))
