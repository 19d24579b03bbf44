"""For each failpoint: which process dies there, and what small play surely leads it there."""

from dataclasses import dataclass

from services.domain.failpoint import FailPoint
from tests.durability.repertoire import Act

BOT, DELIVERY, HEAVY = "bot", "delivery", "heavy"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`acts`: what people do, in this order, until it has died. `new_document`: the team writes one more page."""

    process: str = BOT
    acts: tuple[Act, ...] = (Act.COMMAND, Act.IDEA)
    new_document: bool = False


DECISION = Rehearsal(acts=(Act.IDEA, Act.PRESS_APPROVE))
OUTBOX = Rehearsal(DELIVERY, acts=(Act.IDEA, Act.PRESS_SUBMIT))
KNOWLEDGE = Rehearsal(HEAVY, acts=(Act.COMMAND,), new_document=True)
VOICE = Rehearsal(acts=(Act.SPOKEN_IDEA,))
SPECIAL = {
    FailPoint.DECISION_STORED: DECISION,
    FailPoint.DECISION_ANSWERED: DECISION,
    FailPoint.DELIVERY_QUEUED: Rehearsal(acts=(Act.IDEA, Act.PRESS_SUBMIT)),
    FailPoint.DELIVERY_CLAIMED: OUTBOX,
    FailPoint.DELIVERY_LEAVING: OUTBOX,
    FailPoint.DELIVERY_SENT: OUTBOX,
    FailPoint.DELIVERY_SETTLED: OUTBOX,
    FailPoint.RECORDING_STORED: VOICE,
    FailPoint.RECORDING_FETCHED: VOICE,
    FailPoint.PIECES_WRITTEN: Rehearsal(HEAVY, acts=(Act.MEETING,)),
    FailPoint.PIECE_HEARD: VOICE,
    FailPoint.PIECE_STORED: VOICE,
    FailPoint.TRANSCRIPT_COMPLETE: Rehearsal(HEAVY, acts=(Act.MEETING,)),
    FailPoint.RECORDING_STARTED: VOICE,
    FailPoint.DOCUMENT_STORED: KNOWLEDGE,
    FailPoint.VECTORS_KEPT: KNOWLEDGE,
    FailPoint.VECTORS_WRITTEN: KNOWLEDGE,
}


ELSEWHERE = frozenset(
    {
        FailPoint.DIGEST_STORED,
        FailPoint.REPLY_SPOKEN,
        FailPoint.LESSON_STORED,
        FailPoint.LEARNING_FETCHED,
        FailPoint.LEARNING_READ,
    }
)
"""A talk long enough for digests, and people who have answers read to them, are not among these plays: see
`tests/unit/services/assistant/listening/test_sum_up_recording.py` and `tests/e2e/test_voice_replies.py`. Nor does
anybody in them give documents: see `tests/durability/test_lessons_killed.py`."""


def rehearsal_of(failpoint: FailPoint) -> Rehearsal:
    return SPECIAL.get(failpoint, Rehearsal())
