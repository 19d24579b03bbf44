"""Background work: what is long or deferred. A job carries ids, never objects; the database row is the truth."""

from enum import StrEnum
from typing import Protocol


class QueueName(StrEnum):
    DELIVERY = "delivery"
    HEAVY = "heavy"


class JobName(StrEnum):
    DRAIN_DELIVERIES = "drain_deliveries"
    INGEST_PATH = "ingest_path"
    EMBED_PASSAGES = "embed_passages"
    TRANSCRIBE_RECORDING = "transcribe_recording"
    """A hint: a long recording waits. The work goes on beside the jobs, so that it blocks none."""
    REMIND_REVIEWS = "remind_reviews"
    EXPIRE_REVIEWS = "expire_reviews"
    PURGE_OLD_ROWS = "purge_old_rows"
    SEND_DIGEST = "send_digest"
    TELL_NEW_PERIODS = "tell_new_periods"
    TELL_STALE_DOCUMENTS = "tell_stale_documents"


QUEUE_OF: dict[JobName, QueueName] = {
    JobName.DRAIN_DELIVERIES: QueueName.DELIVERY,
    JobName.INGEST_PATH: QueueName.HEAVY,
    JobName.EMBED_PASSAGES: QueueName.HEAVY,
    JobName.TRANSCRIBE_RECORDING: QueueName.HEAVY,
    JobName.REMIND_REVIEWS: QueueName.DELIVERY,
    JobName.EXPIRE_REVIEWS: QueueName.DELIVERY,
    JobName.PURGE_OLD_ROWS: QueueName.DELIVERY,
    JobName.SEND_DIGEST: QueueName.DELIVERY,
    JobName.TELL_NEW_PERIODS: QueueName.DELIVERY,
    JobName.TELL_STALE_DOCUMENTS: QueueName.DELIVERY,
}
PERIOD_SECONDS: dict[JobName, int] = {
    JobName.DRAIN_DELIVERIES: 60,
    JobName.REMIND_REVIEWS: 300,
    JobName.EXPIRE_REVIEWS: 3600,
    JobName.PURGE_OLD_ROWS: 3600,
    JobName.SEND_DIGEST: 300,
    JobName.TELL_NEW_PERIODS: 300,
    JobName.TELL_STALE_DOCUMENTS: 300,
}
"""What is done again and again: enqueued by the scheduler, each run harmless beside another."""


class JobQueue(Protocol):
    async def enqueue(self, job: JobName, **arguments: int | str) -> None:
        """After commit, never inside a transaction. Raises QueueUnavailable; callers that wrote a row first may go on:
        the sweeper finds it."""
        ...

    async def depth(self) -> dict[QueueName, int]:
        """Waiting jobs. Raises QueueUnavailable."""
        ...
