"""Start now, as it was understood or as the person chose."""

from dataclasses import replace

from services.assistant.listening.own_recording import outdated, waiting_recording
from services.assistant.listening.ports import ListeningRunner
from services.assistant.ports import Clock
from services.domain.member import Member
from services.domain.recording import Intent, Recording, SpokenAction
from services.store.ports import Store


class ConfirmRecording:
    def __init__(self, store: Store, runner: ListeningRunner, clock: Clock) -> None:
        self._store = store
        self._runner = runner
        self._clock = clock

    async def __call__(
        self, member: Member, recording_id: int, version: int, action: SpokenAction | None = None
    ) -> Recording:
        """`action`: what to do with the words; None: what Muza said it would do. It begins a moment later, by whoever
        works on recordings. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            recording = await waiting_recording(tx, member, recording_id, version)
            confirmed = await tx.recordings.change(
                recording_id, expected_version=version, intent=_decided(recording, action), start_at=self._clock.now()
            )
            if confirmed is None:
                raise outdated(recording)
        self._runner.wake(recording_id)
        return confirmed


def _decided(recording: Recording, action: SpokenAction | None) -> Intent:
    understood = recording.intent
    if action is None:
        if understood is None or understood.action is SpokenAction.CHOOSE:
            raise outdated(recording)
        return replace(understood, is_certain=True)
    if understood is not None and understood.action is action:
        return replace(understood, is_certain=True)
    return Intent(action, recording.text)
