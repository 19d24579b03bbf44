"""A short recording has its text: what does the person want with it, and may that begin by itself?"""

from dataclasses import replace

from services.assistant.listening.guess_intent import GuessIntent, Situation
from services.assistant.listening.spoken_commands import Command, read_command
from services.assistant.listening.spoken_draft import answered_draft, only_open_draft
from services.assistant.listening.wishes import ACTIONS, answers_question, own_words, when_to_start
from services.assistant.ports import Clock
from services.domain.generation import Generation, GenerationState
from services.domain.recording import Intent, Recording, RecordingState, SpokenAction
from services.store.job_fence import check_fence
from services.store.ports import Store

_CHOOSE = Intent(SpokenAction.CHOOSE, is_certain=False)
_NEED_A_DRAFT = frozenset({SpokenAction.APPROVE, SpokenAction.REGENERATE})


class UnderstandRecording:
    def __init__(self, store: Store, guess_intent: GuessIntent, clock: Clock, start_seconds: float) -> None:
        """`start_seconds`: how long a person may correct the text before it starts by itself; negative: never."""
        self._store = store
        self._guess_intent = guess_intent
        self._clock = clock
        self._start_seconds = start_seconds

    async def __call__(self, recording: Recording) -> None:
        """TRANSCRIBED → WAITING with an intent, or DONE where the text is all that is wanted. The model is asked only
        where the words themselves do not tell, and never for longer than a few seconds."""
        if recording.request.text_only:
            await self._advance(recording, None)
        else:
            await self._advance(recording, await self._intent(recording))

    async def _intent(self, recording: Recording) -> Intent:
        request = recording.request
        if answers_question(recording):
            return Intent(SpokenAction.ANSWER, own_words(recording))
        if request.task is not None:
            return Intent(ACTIONS[request.task], own_words(recording))
        if not request.is_own:
            return _CHOOSE
        async with self._store.reading() as tx:
            answered = await answered_draft(tx, recording)
            opened = None if answered is not None else await only_open_draft(tx, recording)
        words = own_words(recording)
        if answered is not None:
            return await self._about_draft(recording, words, answered)
        return await self._alone(recording, words, opened)

    async def _about_draft(self, recording: Recording, words: str, draft: Generation) -> Intent:
        command = read_command(words, is_reply=True)
        if command is None:
            command = await self._guess_intent(recording, words, Situation.REPLY)
        if command is None:
            command = Command(SpokenAction.REFINE, words, is_certain=False)
        if command.action is SpokenAction.APPROVE and draft.state is GenerationState.ANSWERED:
            return _CHOOSE  # an answer to a question: there is nothing to approve
        return _about(command, draft)

    async def _alone(self, recording: Recording, words: str, opened: Generation | None) -> Intent:
        command = read_command(words, is_reply=False)
        if command is None:
            command = await self._guess_intent(recording, words, Situation.ALONE)
        if command is None:
            return _CHOOSE
        if command.action not in _NEED_A_DRAFT:
            return Intent(command.action, command.text, is_certain=command.is_certain)
        if opened is None:
            return replace(_CHOOSE, wanted=command.action)
        intent = _about(command, opened)
        # Nothing points at the draft but its being the only one: that is too little for a decision that stands.
        return intent if command.action is SpokenAction.REGENERATE else replace(intent, is_certain=False)

    async def _advance(self, recording: Recording, intent: Intent | None) -> None:
        """A recording that was cancelled meanwhile stays as it is."""
        async with self._store.transaction() as tx:
            await check_fence(tx)
            if intent is None:
                await tx.recordings.advance(recording.id, RecordingState.DONE, intent=None, start_at=None)
                return
            start_at = when_to_start(recording, intent, self._clock.now(), self._start_seconds)
            await tx.recordings.advance(recording.id, RecordingState.WAITING, intent=intent, start_at=start_at)


def _about(command: Command, draft: Generation) -> Intent:
    return Intent(command.action, command.text, command.chip, draft.id, draft.version, command.is_certain)
