"""A command about speech: what was heard before is used at once, and anything new is listened to."""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.assistant.listening.keep_transcript import KeepTranscript
from services.assistant.listening.retry_recording import RetryRecording
from services.assistant.listening.take_recording import TakeRecording
from services.assistant.listening.wishes import material_of, own_words
from services.assistant.start_generation import StartGeneration
from services.domain.chat import Chat, ChatAddress
from services.domain.member import Member
from services.domain.recording import AT_WORK, NewRecording, Recording, RecordingState
from services.store.ports import Store


class Outcome(StrEnum):
    LISTENING = "listening"
    """Its message on the screen tells the rest."""
    AT_WORK = "at_work"
    """Somebody asked for it before, and its text is not there yet."""
    STARTED = "started"
    TEXT = "text"
    """It was heard before, and the text is all that is wanted."""
    SILENT = "silent"
    CANCELLED = "cancelled"
    """Before a word of it was heard."""


@dataclass(frozen=True, slots=True)
class Asked:
    recording: Recording
    outcome: Outcome


class AskOfSpeech:
    def __init__(
        self,
        store: Store,
        take_recording: TakeRecording,
        keep_transcript: KeepTranscript,
        retry_recording: RetryRecording,
        start_generation: StartGeneration,
    ) -> None:
        self._store = store
        self._take_recording = take_recording
        self._keep_transcript = keep_transcript
        self._retry_recording = retry_recording
        self._start_generation = start_generation

    async def __call__(self, member: Member, chat: Chat, command: ChatAddress, new: NewRecording, about: str) -> Asked:
        """`command`: the message that gives it. `about`: the brief when neither caption nor command has words of the
        person's own. Raises TranscriptionNotConfigured, and what starting raises."""
        async with self._store.reading() as tx:
            known = await tx.recordings.carried_by(new.address.chat_id, new.address.message_id or 0)
        if known is None or known.request == new.request:
            return Asked(await self._take_recording(member, new), Outcome.LISTENING)
        if known.text:
            return await self._use_text(member, chat, command, new, known, about)
        if known.state is RecordingState.FAILED:
            return Asked(await self._retry_recording(member, known.id, known.version), Outcome.LISTENING)
        return Asked(known, _SAID[known.state])

    async def _use_text(
        self, member: Member, chat: Chat, command: ChatAddress, new: NewRecording, known: Recording, about: str
    ) -> Asked:
        request = new.request
        if request.task is not None:
            asked = replace(known, request=request)
            await self._start_generation(
                member,
                chat,
                command,
                own_words(asked) or about,
                task=request.task,
                language=new.language,
                material=material_of(asked),
            )
        if known.state is RecordingState.WAITING and known.member_id == member.id:
            known = await self._keep_transcript(member, known.id, known.version)
        return Asked(known, Outcome.TEXT if request.task is None else Outcome.STARTED)


_SAID = {
    **dict.fromkeys(AT_WORK, Outcome.AT_WORK),
    RecordingState.WAITING: Outcome.AT_WORK,
    RecordingState.DONE: Outcome.SILENT,
    RecordingState.SILENT: Outcome.SILENT,
    RecordingState.CANCELLED: Outcome.CANCELLED,
}
