"""No queue at all: what is written to the database waits for a worker's sweep."""

from services.domain.errors import QueueUnavailable
from services.queue.ports import JobName, QueueName


class AbsentJobQueue:
    async def enqueue(self, job: JobName, **arguments: int | str) -> None:
        raise QueueUnavailable("no REDIS_URL")

    async def depth(self) -> dict[QueueName, int]:
        raise QueueUnavailable("no REDIS_URL")

    async def aclose(self) -> None:
        """Nothing was opened."""
