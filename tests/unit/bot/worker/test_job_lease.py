"""One process at a time, and nothing written by the one that was overtaken."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.job_lease import JobLease
from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Document
from services.domain.language import Language
from services.domain.project import BrandProfile
from services.store.job_fence import JobOvertaken
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore

SECOND = timedelta(seconds=1)


async def take_over(store: SqlStore, name: str) -> None:
    """As another process after this one slept for an hour."""
    later = datetime.now(UTC) + timedelta(hours=1)
    async with store.transaction() as tx:
        assert await tx.job_leases.take(name, "heir", later + SECOND, later) is not None


async def a_document(store: SqlStore) -> Document:
    async with store.transaction() as tx:
        project = await tx.projects.ensure("a", "A", BrandProfile())
    return Document(
        id=0,
        project_id=project.id,
        source="a.md",
        title="A",
        type="text",
        language=Language.ENGLISH,
        content_hash="f" * 64,
        date=None,
        author=None,
    )


async def name_of_a_dead_process() -> str:
    command = (sys.executable, "-c", "from bot.ownership import new_owner; print(new_owner())")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return output.decode().strip()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is known to be dead")
async def test_a_job_of_a_dead_process_is_taken_over_at_once(store: SqlStore) -> None:
    now = datetime.now(UTC)
    async with store.transaction() as tx:
        lost = await tx.job_leases.take("embed:1", await name_of_a_dead_process(), now + timedelta(hours=1), now)

    async def work() -> str:
        async with store.reading() as tx:
            assert lost is not None
            assert not await tx.job_leases.holds("embed:1", lost)
        return "done"

    assert await JobLease(store).run("embed:1", work) == "done"


async def test_a_second_process_leaves_the_job_alone_until_the_first_is_done(store: SqlStore) -> None:
    first, second = JobLease(store), JobLease(store)
    begun, gate = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        await gate.wait()
        return "done"

    async with asyncio.TaskGroup() as group:
        running = group.create_task(first.run("embed:1", work))
        await begun.wait()
        assert await second.run("embed:1", work) is None
        gate.set()
    assert running.result() == "done"
    assert await second.run("embed:1", work) == "done"


async def test_what_the_work_raises_comes_out_as_it_is_and_frees_the_job(store: SqlStore) -> None:
    async def fail() -> None:
        raise KnowledgeUnavailable("away")

    for _ in range(2):
        with pytest.raises(KnowledgeUnavailable):
            await JobLease(store).run("embed:1", fail)


async def test_an_overtaken_job_is_ended(sqlite_store: SqlStore) -> None:
    async def sleep_on() -> None:
        await take_over(sqlite_store, "ingest:1")
        await asyncio.Event().wait()

    with pytest.raises(JobOvertaken):
        await JobLease(sqlite_store, renew_seconds=0.01).run("ingest:1", sleep_on)


async def test_an_overtaken_job_writes_nothing_to_the_knowledge_base(store: SqlStore) -> None:
    document, source = await a_document(store), SqlPassageSource(store)

    async def write_late() -> None:
        stored = await source.put(document, [])
        await take_over(store, "ingest:1")
        for write in (source.put(stored, []), source.delete(stored.id), source.mark_embedded(["1:1:0"], "e5")):
            with pytest.raises(JobOvertaken):
                await write
        raise JobOvertaken("ingest:1")

    with pytest.raises(JobOvertaken):
        await JobLease(store).run("ingest:1", write_late)
    (kept,) = await source.list(document.project_id)
    assert kept.version == 1
    await source.delete(kept.id)  # outside of a job nothing is fenced
