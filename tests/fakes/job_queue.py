"""A queue that only remembers what was put into it."""

from services.domain.errors import QueueUnavailable
from services.queue.ports import QUEUE_OF, JobName, QueueName

Job = tuple[JobName, dict[str, int | str]]

COALESCED = frozenset({JobName.DRAIN_DELIVERIES, JobName.EMBED_PASSAGES})


class RecordingJobQueue:
    """`enqueued`: every call. `waiting`: the jobs that a worker would still find."""

    def __init__(self) -> None:
        self.enqueued: list[Job] = []
        self.waiting: list[Job] = []
        self.fail_with: QueueUnavailable | None = None

    @property
    def enqueued_names(self) -> list[JobName]:
        return [job for job, _ in self.enqueued]

    async def enqueue(self, job: JobName, **arguments: int | str) -> None:
        if self.fail_with is not None:
            raise self.fail_with
        self.enqueued.append((job, arguments))
        if job not in COALESCED or (job, arguments) not in self.waiting:
            self.waiting.append((job, arguments))

    async def depth(self) -> dict[QueueName, int]:
        if self.fail_with is not None:
            raise self.fail_with
        return {name: sum(QUEUE_OF[job] is name for job, _ in self.waiting) for name in QueueName}
