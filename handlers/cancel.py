"""/cancel and Telegram's own Stop button: whatever is under way here ends."""

from aiogram.types import MessageGenerationStopped

from handlers.i18n import Texts
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.pending_inputs import PendingInputs
from services.assistant.stop_in_chat import StopInChat
from services.domain.chat import ChatAddress
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("cancel", cancel)


async def cancel(
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    pending_inputs: PendingInputs,
    stop_in_chat: StopInChat,
) -> None:
    forgot = await pending_inputs.cancel(member, address)
    stopped = await stop_in_chat(member, address)
    done = texts("cancel.stopped") if stopped else texts("cancel.forgot") if forgot else texts("cancel.nothing")
    await sender.send(address, words(done), reply_to=address.message_id)


async def native_stop(
    event: MessageGenerationStopped, address: ChatAddress, stop_in_chat: StopInChat, member: Member | None = None
) -> None:
    if member is not None:
        await stop_in_chat(member, address)
