"""Buttons under the minutes of a long recording. Who draws the message afterwards is who works on recordings."""

from handlers.callbacks import MinutesPress, MinutesStep
from handlers.i18n import Texts
from handlers.minutes_keyboards import consent_keyboard, long_recording_keyboard
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from services.assistant.listening.add_to_knowledge import AddToKnowledge
from services.assistant.listening.draw_ideas import DrawIdeas
from services.assistant.listening.find_recording import FindRecording
from services.assistant.listening.make_minutes import MakeMinutes
from services.assistant.listening.own_recording import may_decide
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.domain.recording import Recording


def add_presses(presses: PressTable) -> None:
    presses.add(MinutesPress, step)


async def step(
    press: Press,
    *,
    data: MinutesPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    find_recording: FindRecording,
    add_to_knowledge: AddToKnowledge,
    make_minutes: MakeMinutes,
    draw_ideas: DrawIdeas,
) -> None:
    shown = await _shown(find_recording, data, address)
    if data.step is MinutesStep.LEARN:
        if not may_decide(member, shown):
            raise NotAllowed
        await press.answer(texts("minutes.consent"), alert=True)
        await sender.edit_keyboard(address, consent_keyboard(shown, texts))
    elif data.step is MinutesStep.AGREED:
        await add_to_knowledge(member, shown.id, data.version)
        await press.answer(texts("minutes.learned_now"))
    elif data.step is MinutesStep.AGAIN:
        await make_minutes(member, shown.id, data.version)
        await press.answer(texts("minutes.summing_up"))
    elif data.step is MinutesStep.IDEAS:
        await draw_ideas(member, shown.id, address, texts("minutes.brief", title=_title(shown, texts)))
        await press.answer(texts("minutes.making_ideas"))
    else:
        await sender.edit_keyboard(address, long_recording_keyboard(shown, texts))


async def _shown(find_recording: FindRecording, data: MinutesPress, address: ChatAddress) -> Recording:
    """The recording this message is about. Raises StaleAction for forged data, and for buttons of an older state."""
    shown = await find_recording(address)
    if shown is None or shown.id != data.recording_id:
        raise StaleAction(f"recording {data.recording_id} is not shown here", state="recording_unknown")
    if shown.version != data.version and shown.document_id is None:
        raise StaleAction("older version", state=f"recording_{shown.state.value}")
    return shown


def _title(recording: Recording, texts: Texts) -> str:
    return (recording.minutes.title if recording.minutes else "") or texts("minutes.nameless")
