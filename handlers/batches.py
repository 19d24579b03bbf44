"""/batch: a file with a brief a line, answered by the morning at half the price."""

from aiogram import Bot
from aiogram.types import Message

from handlers.batch_file import briefs_in, download_briefs
from handlers.batch_keyboard import batch_keyboard
from handlers.callbacks import BatchPress, BatchStep
from handlers.i18n import Texts
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.batch import batch_message
from handlers.views.message import message as words
from services.assistant.batches.cancel_batch import CancelBatch
from services.assistant.batches.confirm_batch import ConfirmBatch
from services.assistant.batches.place_batch import PlaceBatch
from services.assistant.batches.read_batch import BatchReport
from services.assistant.batches.receive_batch import ReceiveBatch
from services.domain.batch import MOST_BRIEFS
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("batch", batch)


def add_presses(presses: PressTable) -> None:
    presses.add(BatchPress, decide)


async def batch(
    message: Message,
    *,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    receive_batch: ReceiveBatch,
    place_batch: PlaceBatch,
) -> None:
    document = briefs_in(message)
    if document is None:
        await sender.send(address, words(texts("batch.how", most=MOST_BRIEFS)), reply_to=address.message_id)
        return
    content = await download_briefs(bot, document)
    name = document.file_name or "briefs.txt"
    received = await receive_batch(member, chat, address, name, content, language)
    if received.screen is not None:  # the same message, once more
        return
    screen = await sender.send(
        address.at(None),
        batch_message(BatchReport(received), texts),
        batch_keyboard(received, texts),
        reply_to=address.message_id,
    )
    await place_batch(received, screen)


async def decide(
    press: Press,
    *,
    data: BatchPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    confirm_batch: ConfirmBatch,
    cancel_batch: CancelBatch,
) -> None:
    """The message itself is drawn by the worker of deliveries: edited from two places, it could end with an older
    state."""
    if data.step is BatchStep.CONFIRM:
        await confirm_batch(member, data.batch_id, data.version, address)
        await press.answer(texts("batch.confirmed"))
    else:
        await cancel_batch(member, data.batch_id, address)
        await press.answer(texts("batch.cancelling"))
