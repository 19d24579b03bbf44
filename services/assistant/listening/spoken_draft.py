"""Which draft a person speaks about."""

from services.assistant.shown_attempts import attempt_shown_by
from services.domain.generation import Generation, GenerationState
from services.domain.recording import Recording
from services.store.ports import Transaction

LOOKED_AT = 20
"""Waiting drafts of one person in one chat; nobody with more of them means "the" draft."""


async def answered_draft(tx: Transaction, recording: Recording) -> Generation | None:
    """What the message that they reply to shows."""
    message_id = recording.request.answered_message_id
    return None if message_id is None else await attempt_shown_by(tx, recording.address.at(message_id))


async def only_open_draft(tx: Transaction, recording: Recording) -> Generation | None:
    """The one draft of a brief of theirs that waits for a decision here, in this chat and topic. None: there is none,
    or there are several, and it must not be guessed which."""
    place = recording.address
    waiting = await tx.waiting.page(author_id=recording.member_id, chat_id=place.chat_id, limit=LOOKED_AT)
    here = [draft for draft in waiting if draft.brief_address.topic_id == place.topic_id]
    if len(here) != 1 or here[0].generation.state is not GenerationState.IN_REVIEW:
        return None
    return here[0].generation
