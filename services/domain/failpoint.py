"""Named places where a rehearsal makes the process die: between two side effects, where a crash is hardest to survive.

In production nothing is armed and `reached` is one comparison. A rehearsal arms one name per process; the process then
ends there as by kill -9: no `finally`, no flush, no goodbye.
"""

import os
from collections.abc import Callable
from enum import StrEnum

KILLED = 137
"""Exit code of a process ended by SIGKILL, as shells report it."""


class FailPoint(StrEnum):
    # Intake
    UPDATES_RECEIVED = "updates_received"
    """A batch came, nothing is stored."""
    UPDATES_STORED = "updates_stored"
    """Committed; Telegram does not know yet."""
    UPDATE_HANDLED = "update_handled"
    """Its handler is through; the row is not marked."""
    UPDATES_MARKED = "updates_marked"
    # A run
    BRIEF_STORED = "brief_stored"
    """Brief and attempt committed; the runner is not woken."""
    LEASE_TAKEN = "lease_taken"
    PLACEHOLDER_SENT = "placeholder_sent"
    """It is on the screen; its id is not recorded."""
    PLACEHOLDER_RECORDED = "placeholder_recorded"
    CALL_RECORDED = "call_recorded"
    """In the ledger; the request has not left."""
    STREAM_BEGUN = "stream_begun"
    """The first piece of text came."""
    TEXT_SAVED = "text_saved"
    """A part of the text is saved in mid-stream."""
    STREAM_ENDED = "stream_ended"
    """All of the text came; nothing of that is recorded."""
    CALL_SETTLED = "call_settled"
    """The ledger knows the usage; the complete text is not saved."""
    TEXT_COMPLETE = "text_complete"
    ATTEMPT_SETTLED = "attempt_settled"
    """Draft and state are committed; the screen shows the last preview."""
    FINAL_SHOWN = "final_shown"
    """On the screen; not noted as delivered."""
    DELIVERY_NOTED = "delivery_noted"
    # Decisions
    DECISION_STORED = "decision_stored"
    """Committed; the person who pressed was not answered."""
    DECISION_ANSWERED = "decision_answered"
    """Answered; the card still shows the old state."""
    # Outbox
    DELIVERY_QUEUED = "delivery_queued"
    """The row is committed; no job knows of it."""
    DELIVERY_CLAIMED = "delivery_claimed"
    DELIVERY_LEAVING = "delivery_leaving"
    """Noted as leaving; the request has not left."""
    DELIVERY_SENT = "delivery_sent"
    """Telegram has it; the row says sending."""
    DELIVERY_SETTLED = "delivery_settled"
    # Recordings
    RECORDING_STORED = "recording_stored"
    """Committed; nobody works on it yet, nothing is on the screen."""
    RECORDING_FETCHED = "recording_fetched"
    """The file is in the file store; the row does not know."""
    PIECES_WRITTEN = "pieces_written"
    """All pieces are in the file store; no row exists."""
    PIECE_HEARD = "piece_heard"
    """The model's answer is here and settled in the ledger; the piece has no text yet."""
    PIECE_STORED = "piece_stored"
    TRANSCRIPT_COMPLETE = "transcript_complete"
    DIGEST_STORED = "digest_stored"
    """One part of a long transcript is summed up and stored."""
    RECORDING_STARTED = "recording_started"
    """The brief exists; the recording is still waiting."""
    REPLY_SPOKEN = "reply_spoken"
    """The spoken answer is in the file store; it has not left."""
    # Knowledge
    LESSON_STORED = "lesson_stored"
    """Committed; nobody works on it yet."""
    LEARNING_FETCHED = "learning_fetched"
    """The original is in the file store; the row does not know."""
    LEARNING_READ = "learning_read"
    """All its documents are committed; the row says fetched."""
    DOCUMENT_STORED = "document_stored"
    """Passages are committed; no vector exists."""
    VECTORS_KEPT = "vectors_kept"
    """In the database by their texts; not in the vector store."""
    VECTORS_WRITTEN = "vectors_written"
    """In the vector store; not confirmed in the database."""


class _Armed:
    def __init__(self, name: FailPoint, hits_left: int, may_die: Callable[[], bool]) -> None:
        self.name = name
        self.hits_left = hits_left
        self.may_die = may_die


_armed: list[_Armed] = []


def arm(name: FailPoint, *, hit: int = 1, may_die: Callable[[], bool] = lambda: True) -> None:
    """The process dies when `name` is reached for the `hit`-th time and `may_die` agrees (it is asked once, then)."""
    _armed[:] = [_Armed(name, hit, may_die)]


def disarm() -> None:
    _armed.clear()


def reached(name: FailPoint) -> None:
    """Call between two side effects. Does nothing unless a rehearsal armed this name."""
    if not _armed:
        return
    for armed in tuple(_armed):
        if armed.name is not name:
            continue
        armed.hits_left -= 1
        if armed.hits_left <= 0:
            _armed.remove(armed)
            if armed.may_die():
                os._exit(KILLED)
