"""An answer that its reader wants to hear as well: asked for in the transaction that notes that it was shown."""

from services.assistant.hints import hint
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.generation import Generation, GenerationState
from services.domain.member import VoiceReplies
from services.queue.ports import JobName, JobQueue
from services.store.ports import Transaction

READ_ALOUD = frozenset({GenerationState.ANSWERED, GenerationState.IN_REVIEW})


class VoiceReply:
    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs

    async def ask_for(self, tx: Transaction, generation: Generation, shown_in: ChatAddress) -> bool:
        """Once, however often it is shown. True: there is a new row in the outbox; `hint` after the commit."""
        if shown_in.message_id is None or not await _is_wanted(tx, generation, shown_in):
            return False
        return await tx.deliveries.add(
            NewDelivery(
                kind=DeliveryKind.VOICE_REPLY,
                address=shown_in,
                key=f"voice_reply:{generation.id}",
                payload={"generation_id": generation.id},
            )
        )

    async def hint(self) -> None:
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)


async def _is_wanted(tx: Transaction, generation: Generation, shown_in: ChatAddress) -> bool:
    if generation.state not in READ_ALOUD:
        return False
    asker = await tx.members.get(generation.requested_by)
    if asker is None or not asker.is_active or asker.voice_replies is VoiceReplies.OFF:
        return False
    return asker.voice_replies is VoiceReplies.ALWAYS or (
        # In a group a voice is heard by everybody, or by nobody: there it takes a person who always wants it.
        shown_in.is_private and await _was_spoken(tx, generation)
    )


async def _was_spoken(tx: Transaction, generation: Generation) -> bool:
    words = generation.reply_to
    if words is None or words.message_id is None:
        return False
    recording = await tx.recordings.carried_by(words.chat_id, words.message_id)
    return recording is not None and recording.request.is_own
