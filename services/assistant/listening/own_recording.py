"""Rules that every decision about a recording shares: which one is meant, may this person, is it still so."""

from services.domain.errors import AccessError, InputError, MuzaError, NotAllowed, StaleAction
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.store.ports import Transaction


async def own_recording(tx: Transaction, member: Member, recording_id: int) -> Recording:
    """Loaded and locked. Whose recording it is decides about it; so does who may approve. Raises StaleAction for an
    unknown one, NotAllowed."""
    recording = await tx.recordings.lock(recording_id)
    if recording is None:
        raise StaleAction(f"no recording {recording_id}", state="recording_unknown")
    if not may_decide(member, recording):
        raise NotAllowed
    return recording


def may_decide(member: Member, recording: Recording) -> bool:
    return member.is_active and (member.may_approve or member.id == recording.member_id)


async def waiting_recording(tx: Transaction, member: Member, recording_id: int, version: int) -> Recording:
    """`own_recording`, still waiting for a decision as it was shown. Raises StaleAction."""
    recording = await own_recording(tx, member, recording_id)
    if recording.state is not RecordingState.WAITING or recording.version != version:
        raise outdated(recording)
    return recording


def outdated(recording: Recording) -> StaleAction:
    return StaleAction("the recording has moved on", state=f"recording_{recording.state.value}")


def may_be_tried_again(error_code: str | None) -> bool:
    """Not where the same file or the same wish would fail the same way."""
    return error_code not in _FINAL


def _codes(kind: type[MuzaError]) -> set[str]:
    return {kind.code}.union(*(_codes(more) for more in kind.__subclasses__()))


_FINAL = frozenset(_codes(InputError) | _codes(StaleAction) | _codes(AccessError))
