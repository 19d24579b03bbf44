"""RQ's scheduler, taught JSON, retries and one job a period."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from redis import Redis
from rq import Queue
from rq.cron import CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer

from services.queue.ports import PERIOD_SECONDS, JobName, QueueName
from services.queue.rq_cron import REDIS_FAILURES, PeriodicScheduler
from services.queue.rq_queue import RETRIES, RULES
from tests.fixtures_valkey import ValkeyServer

FUNCTIONS = {job: f"somewhere.{job.value}" for job in JobName}


def scheduler(client: Redis, beat: Callable[[], None] = lambda: None, **periods: int) -> PeriodicScheduler:
    chosen = {JobName(name): seconds for name, seconds in periods.items()} or dict(PERIOD_SECONDS)
    return PeriodicScheduler(client, FUNCTIONS, beat=beat, periods=chosen)


def waiting(client: Redis) -> list[Job]:
    return Queue(QueueName.DELIVERY.value, connection=client, serializer=JSONSerializer).get_jobs()


def names(client: Redis) -> list[str]:
    return sorted(str(job.func_name).rpartition(".")[2] for job in waiting(client))


def test_every_periodic_job_is_enqueued_once_a_period(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        ours = scheduler(client)
        assert {job.name for job in ours.enqueue_jobs()} == {job.value for job in PERIOD_SECONDS}
        assert ours.enqueue_jobs() == []
        assert names(client) == sorted(PERIOD_SECONDS)
        for job, seconds in PERIOD_SECONDS.items():
            assert 0 < int(client.ttl(f"muza:cron:{job.value}")) <= seconds


def test_a_job_is_json_with_retries_and_gives_way_to_the_next_one(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        scheduler(client, remind_reviews=300).enqueue_jobs()
        (job,) = waiting(client)
        assert (job.func_name, job.args, job.kwargs) == ("somewhere.remind_reviews", [], {})
        assert job.retries_left == RETRIES
        assert job.timeout == RULES[JobName.REMIND_REVIEWS].timeout_seconds
        assert job.ttl == 300, "a job that no worker began does not pile up behind the next one"


def test_a_second_scheduler_a_restart_and_a_frozen_one_add_nothing(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        assert len(scheduler(client, remind_reviews=300).enqueue_jobs()) == 1
        assert scheduler(client, remind_reviews=300).enqueue_jobs() == []
        assert names(client) == ["remind_reviews"]


def test_many_schedulers_at_the_same_moment_enqueue_one_job(valkey_url: str) -> None:
    """Their looks overlap: the slot is watched, so only one transaction of Redis goes through."""
    barrier = threading.Barrier(8)
    enqueued: Counter[int] = Counter()

    def look(number: int) -> None:
        with Redis.from_url(valkey_url) as client:
            ours = scheduler(client, remind_reviews=300, expire_reviews=300)
            client.ping()
            barrier.wait()
            enqueued[number] = len(ours.enqueue_jobs())

    threads = [threading.Thread(target=look, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Redis.from_url(valkey_url) as client:
        assert names(client) == ["expire_reviews", "remind_reviews"]
    assert enqueued.total() == 2


def test_a_redis_that_was_emptied_gets_its_jobs_at_the_next_look(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        ours = scheduler(client, remind_reviews=300)
        ours.enqueue_jobs()
        client.flushall()
        assert len(ours.enqueue_jobs()) == 1
        assert names(client) == ["remind_reviews"]


def test_the_period_over_the_job_comes_again(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        ours = scheduler(client, remind_reviews=300)
        ours.enqueue_jobs()
        client.delete("muza:cron:remind_reviews")  # as its end of life does
        assert len(ours.enqueue_jobs()) == 1
        assert len(waiting(client)) == 2


def test_rq_s_own_loop_runs_it_shows_it_and_stops_it(valkey_url: str) -> None:
    beats: list[float] = []
    with Redis.from_url(valkey_url) as client, Redis.from_url(valkey_url) as other:
        ours = scheduler(client, lambda: beats.append(time.monotonic()), remind_reviews=300)
        thread = threading.Thread(target=ours.start)
        thread.start()
        deadline = time.monotonic() + 10
        while not waiting(other) and time.monotonic() < deadline:
            time.sleep(0.01)
        (shown,) = CronScheduler.all(other)
        assert [job.name for job in shown.get_jobs()] == ["remind_reviews"]
        ours.stop()
        thread.join(10)
        assert not thread.is_alive()
        assert beats
        assert CronScheduler.all(other) == []


def test_a_redis_that_is_away_is_told_to_the_caller(own_valkey: ValkeyServer) -> None:
    client = Redis.from_url(own_valkey.url)
    ours = scheduler(client)
    own_valkey.stop()
    with pytest.raises(REDIS_FAILURES):
        ours.start()  # type: ignore[no-untyped-call]
    client.close()
