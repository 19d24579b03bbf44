"""Ideas out of a recording: its minutes are the material of an ordinary brief."""

from services.assistant.listening.minutes_text import minutes_text
from services.assistant.listening.own_recording import outdated
from services.assistant.listening.transcript_document import language_of
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.generation import Generation
from services.domain.member import Member
from services.store.ports import Store


class DrawIdeas:
    def __init__(self, store: Store, start_generation: StartGeneration) -> None:
        self._store = store
        self._start_generation = start_generation

    async def __call__(self, member: Member, recording_id: int, message: ChatAddress, brief: str) -> Generation:
        """`brief`: what is asked for, in the words of the interface. Anybody of the team may ask where the minutes are
        shown. The same recording starts one brief. Raises NotAllowed, StaleAction."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.reading() as tx:
            recording = await tx.recordings.get(recording_id)
            chat = await tx.chats.get(recording.address.chat_id) if recording else None
        if recording is None or chat is None or message.chat_id != chat.id:  # callback data can be forged
            raise StaleAction(f"no recording {recording_id}", state="recording_unknown")
        if recording.minutes is None:
            raise outdated(recording)
        return await self._start_generation(
            member,
            chat,
            recording.address,
            brief,
            task=Task.IDEA,
            language=recording.language,
            material=minutes_text(recording.minutes, language_of(recording)),
        )
