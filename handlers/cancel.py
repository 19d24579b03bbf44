"""/cancel and Telegram's own Stop button: whatever is under way here ends."""

from aiogram.types import MessageGenerationStopped

from handlers.i18n import Texts
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.listening.cancel_in_chat import CancelInChat
from services.assistant.pending_inputs import PendingInputs
from services.assistant.stop_in_chat import StopInChat
from services.domain.chat import ChatAddress
from services.domain.generation import Generation
from services.domain.member import Member
from services.domain.recording import Recording


def add_commands(commands: CommandTable) -> None:
    commands.add("cancel", cancel)


async def cancel(
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    pending_inputs: PendingInputs,
    stop_in_chat: StopInChat,
    cancel_in_chat: CancelInChat,
) -> None:
    unheard = await cancel_in_chat(member, address)
    forgot = await pending_inputs.cancel(member, address)
    stopped = await stop_in_chat(member, address)
    await sender.send(address, words(_done(texts, stopped, unheard, forgot=forgot)), reply_to=address.message_id)


def _done(texts: Texts, stopped: Generation | None, unheard: Recording | None, *, forgot: bool) -> str:
    if stopped is not None:
        return texts("cancel.stopped")
    if unheard is not None:
        return texts("cancel.recording")
    return texts("cancel.forgot") if forgot else texts("cancel.nothing")


async def native_stop(
    event: MessageGenerationStopped, address: ChatAddress, stop_in_chat: StopInChat, member: Member | None = None
) -> None:
    if member is not None:
        await stop_in_chat(member, address)
