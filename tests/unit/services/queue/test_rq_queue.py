import json
import zlib

from redis import Redis

from services.queue.ports import JobName
from services.queue.rq_queue import RETRIES, RULES, RqJobQueue


async def test_a_job_in_redis_is_json_with_retries_a_timeout_and_an_end(valkey_url: str) -> None:
    """Never pickle: whoever could write to Redis would run code in a worker."""
    queue = RqJobQueue(valkey_url, {JobName.INGEST_PATH: "somewhere.ingest"})
    await queue.enqueue(JobName.INGEST_PATH, project_id=7, path="a.md")
    await queue.aclose()
    with Redis.from_url(valkey_url) as client:
        (key,) = client.keys("rq:job:*")
        job = client.hgetall(key)
    payload = job[b"data"]
    text = zlib.decompress(payload) if payload[:1] == b"x" else payload
    assert json.loads(text) == ["somewhere.ingest", None, [], {"project_id": 7, "path": "a.md"}]
    assert int(job[b"retries_left"]) == RETRIES
    assert int(job[b"timeout"]) == RULES[JobName.INGEST_PATH].timeout_seconds
    assert int(job[b"result_ttl"]) > 0, "0 makes RQ run the job of a killed worker again and again"


async def test_a_vanished_hint_does_not_block_for_ever(valkey_url: str) -> None:
    queue = RqJobQueue(valkey_url, {JobName.DRAIN_DELIVERIES: "somewhere.drain"})
    await queue.enqueue(JobName.DRAIN_DELIVERIES)
    await queue.aclose()
    with Redis.from_url(valkey_url) as client:
        (hint,) = client.keys("muza:job:*")
        assert 0 < int(client.ttl(hint)) <= 60
