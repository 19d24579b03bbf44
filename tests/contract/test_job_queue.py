"""What every job queue keeps."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from services.domain.errors import QueueUnavailable
from services.queue.ports import JobName, JobQueue, QueueName
from services.queue.rq_queue import RqJobQueue, take_hint
from tests.fakes.job_queue import RecordingJobQueue
from tests.fixtures_valkey import ValkeyServer

FUNCTIONS = {job: f"somewhere.{job.value}" for job in JobName}


@dataclass
class Harness:
    queue: JobQueue
    begin_next: Callable[[QueueName], tuple[str, dict[str, int | str]]]
    """A worker takes the next job and starts it: (function, arguments)."""
    go_away: Callable[[], None]


@pytest.fixture(params=["rq", "fake"])
async def harness(request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    if request.param == "fake":
        fake = RecordingJobQueue()

        def begin_fake(_: QueueName) -> tuple[str, dict[str, int | str]]:
            job, arguments = fake.waiting.pop(0)
            return FUNCTIONS[job], arguments

        def fail() -> None:
            fake.fail_with = QueueUnavailable("away")

        yield Harness(fake, begin_fake, fail)
        return
    server: ValkeyServer = request.getfixturevalue("own_valkey")
    queue = RqJobQueue(server.url, FUNCTIONS)
    client = Redis.from_url(server.url)

    def begin(name: QueueName) -> tuple[str, dict[str, int | str]]:
        found = Queue.dequeue_any(
            [Queue(name.value, connection=client, serializer=JSONSerializer)],
            timeout=None,
            connection=client,
            serializer=JSONSerializer,
        )
        assert found is not None
        job = found[0]
        take_hint(client, JobName(str(job.func_name).rsplit(".", 1)[-1]), **job.kwargs)
        return str(job.func_name), dict(job.kwargs)

    yield Harness(queue, begin, server.stop)
    client.close()
    await queue.aclose()


async def test_a_job_arrives_with_its_arguments(harness: Harness) -> None:
    await harness.queue.enqueue(JobName.INGEST_PATH, project_id=7, path="знания/тон.md")
    assert await harness.queue.depth() == {QueueName.DELIVERY: 0, QueueName.HEAVY: 1}
    assert harness.begin_next(QueueName.HEAVY) == (
        "somewhere.ingest_path",
        {"project_id": 7, "path": "знания/тон.md"},
    )
    assert await harness.queue.depth() == {QueueName.DELIVERY: 0, QueueName.HEAVY: 0}


async def test_a_thousand_hints_to_drain_are_one_job(harness: Harness) -> None:
    for _ in range(1000):
        await harness.queue.enqueue(JobName.DRAIN_DELIVERIES)
    assert (await harness.queue.depth())[QueueName.DELIVERY] == 1


async def test_a_hint_given_after_the_drain_began_is_a_new_job(harness: Harness) -> None:
    await harness.queue.enqueue(JobName.DRAIN_DELIVERIES)
    harness.begin_next(QueueName.DELIVERY)
    await harness.queue.enqueue(JobName.DRAIN_DELIVERIES)
    assert (await harness.queue.depth())[QueueName.DELIVERY] == 1


async def test_jobs_about_different_things_are_not_merged(harness: Harness) -> None:
    await harness.queue.enqueue(JobName.EMBED_PASSAGES, project_id=1)
    await harness.queue.enqueue(JobName.EMBED_PASSAGES, project_id=2)
    await harness.queue.enqueue(JobName.EMBED_PASSAGES, project_id=2)
    await harness.queue.enqueue(JobName.INGEST_PATH, project_id=1, path="a")
    await harness.queue.enqueue(JobName.INGEST_PATH, project_id=1, path="a")
    assert (await harness.queue.depth())[QueueName.HEAVY] == 4


async def test_a_queue_that_is_away_says_so(harness: Harness) -> None:
    harness.go_away()
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: harness.queue.enqueue(JobName.DRAIN_DELIVERIES),
        harness.queue.depth,
    ]
    for call in calls:
        with pytest.raises(QueueUnavailable):
            await call()
