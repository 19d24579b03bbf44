"""/broadcast: an announcement to everybody, after a last look at it."""

from aiogram import Bot
from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.broadcast_copy import CannotCopy, copy_of, copy_without_command
from handlers.broadcast_keyboards import proposal_keyboard
from handlers.callbacks import AudiencePress, BroadcastPress, BroadcastStep
from handlers.i18n import Texts
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.broadcast import proposal_message
from handlers.views.message import message as words
from services.assistant.choose_audience import ChooseAudience
from services.assistant.discard_broadcast import DiscardBroadcast
from services.assistant.pending_inputs import PendingInputs
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.assistant.start_broadcast import StartBroadcast
from services.assistant.stop_broadcast import StopBroadcast
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.domain.question import Purpose


def add_commands(commands: CommandTable) -> None:
    commands.add("broadcast", broadcast)


def add_presses(presses: PressTable) -> None:
    presses.add(AudiencePress, choose)
    presses.add(BroadcastPress, step)


async def broadcast(
    message: Message,
    *,
    command: CommandObject,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    prepare_broadcast: PrepareBroadcast,
    pending_inputs: PendingInputs,
) -> None:
    if not member.may_administer:
        await sender.send(address, words(texts("broadcast.admins_only")), reply_to=address.message_id)
        return
    if not address.is_private:
        await sender.send(address, words(texts("broadcast.private_only")), reply_to=address.message_id)
        return
    replied, has_words = message.reply_to_message, bool(command.args) or message.text is None
    if replied is None and not has_words:
        await pending_inputs.ask(member, address.at(None), Purpose.BROADCAST, {})
        await sender.send(address, words(texts("broadcast.ask")))
        return
    try:
        if replied is not None and not has_words:
            source = await copy_of(bot, replied.message_id, address)
        else:
            source = await copy_without_command(bot, sender, message, command, address)
    except CannotCopy:
        await sender.send(address, words(texts("broadcast.cannot_copy")), reply_to=address.message_id)
        return
    of_album = replied if replied is not None and not has_words else message
    if of_album.media_group_id is not None:
        await sender.send(address, words(texts("broadcast.one_of_album")))
    await _propose(source, member, address, texts, sender, prepare_broadcast)


async def announce(
    message: Message,
    *,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    prepare_broadcast: PrepareBroadcast,
    pending_inputs: PendingInputs,
) -> None:
    """The message that Muza asked for, whatever it holds."""
    try:
        source = await copy_of(bot, message.message_id, address)
    except CannotCopy:
        await pending_inputs.ask(member, address.at(None), Purpose.BROADCAST, {})
        await sender.send(address, words(texts("broadcast.cannot_copy")), reply_to=address.message_id)
        return
    if message.media_group_id is not None:
        await sender.send(address, words(texts("broadcast.one_of_album")))
    await _propose(source, member, address, texts, sender, prepare_broadcast)


async def _propose(
    source: ChatAddress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    prepare_broadcast: PrepareBroadcast,
) -> None:
    proposal = await prepare_broadcast(member, source)
    await sender.send(address, proposal_message(proposal, texts), proposal_keyboard(proposal, texts))


async def choose(
    press: Press,
    *,
    data: AudiencePress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    choose_audience: ChooseAudience,
) -> None:
    proposal = await choose_audience(member, data.broadcast_id, data.audience)
    await sender.edit(address, proposal_message(proposal, texts), proposal_keyboard(proposal, texts))


async def step(
    press: Press,
    *,
    data: BroadcastPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    start_broadcast: StartBroadcast,
    discard_broadcast: DiscardBroadcast,
    stop_broadcast: StopBroadcast,
) -> None:
    """From Send on the message belongs to the progress: edited from two places, it could end with an older state."""
    match data.step:
        case BroadcastStep.SEND:
            await start_broadcast(member, data.broadcast_id, address)
            await press.answer(texts("broadcast.started"))
        case BroadcastStep.STOP:
            report = await stop_broadcast(member, data.broadcast_id)
            said = texts("broadcast.stop_answer", sent=report.counts.sent, total=report.broadcast.total)
            await press.answer(said, alert=True)
        case BroadcastStep.CANCEL:
            await discard_broadcast(member, data.broadcast_id)
            await sender.edit(address, words(texts("broadcast.discarded")))
