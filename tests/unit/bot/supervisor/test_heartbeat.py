import asyncio
import os
import time

import pytest

from bot.settings import Settings
from bot.supervisor.heartbeat import (
    STALE_SECONDS,
    age_seconds,
    fresh_processes,
    heartbeat_path,
    keep_beating,
    trouble_of,
)
from tests.unit.bot.waiting import until


async def test_a_process_is_seen_while_it_beats_and_gone_when_it_ends(settings: Settings) -> None:
    assert fresh_processes(settings) == []
    beating = asyncio.get_running_loop().create_task(keep_beating(settings, "worker:heavy", 0.01))
    await until(lambda: fresh_processes(settings) == ["worker-heavy"], "the first beat")
    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating
    assert age_seconds(settings, "worker:heavy") is None


def test_a_loop_that_stands_still_goes_stale(settings: Settings) -> None:
    path = heartbeat_path(settings, "polling")
    path.touch()
    long_ago = time.time() - STALE_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    assert fresh_processes(settings) == []
    assert (age_seconds(settings, "polling") or 0) > STALE_SECONDS


async def test_a_living_process_says_what_keeps_it_from_work(settings: Settings) -> None:
    said = ["conflict"]
    beating = asyncio.get_running_loop().create_task(keep_beating(settings, "polling", 0.01, trouble=lambda: said[0]))
    await until(lambda: trouble_of(settings, "polling") == "conflict", "the trouble")
    assert fresh_processes(settings) == ["polling"]
    said[0] = ""
    await until(lambda: trouble_of(settings, "polling") == "", "its end")
    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating
