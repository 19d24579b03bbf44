"""Delivery workers that die or freeze at every step between two side effects: nothing lost, nothing doubled."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from bot.delivery_senders import build_sender
from bot.settings import Settings
from bot.worker import run_worker
from services.assistant.request_access import RequestAccess
from services.delivery.service import Pace
from services.domain.delivery import DeliveryState
from services.domain.failpoint import KILLED, FailPoint, arm
from services.domain.member import MemberStatus, Role
from services.queue.absent_queue import AbsentJobQueue
from services.queue.ports import JobName
from tests.fixtures_store import opened
from tests.fixtures_valkey import ValkeyServer
from tests.unit.bot.waiting import wait_for
from tests.unit.bot.worker.bot_api_server import BotApiServer
from tests.unit.bot.worker.processes import enqueue, stop, worker
from tests.unit.bot.worker.test_worker import states, write_deliveries

INHERITED = (build_sender,)
"""Imported here, so that the forked workers need not spend seconds on importing aiogram."""
WATCHFUL = Pace(beat_seconds=0.1, silent_after=timedelta(seconds=1))
HEIR = Pace(beat_seconds=0.1, silent_after=timedelta(seconds=0.2))
"""Of a worker that is alone: it needs no patience with others."""
CHATS = (1, 2, 3, 4)
SENT, UNCERTAIN = DeliveryState.SENT, DeliveryState.UNCERTAIN
OPEN = {DeliveryState.NEW, DeliveryState.SENDING}


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with ExitStack() as stack:
        server = BotApiServer()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        yield server


@pytest.fixture
def settings(
    make_settings: Callable[..., Settings], sqlite_url: str, own_valkey: ValkeyServer, telegram: BotApiServer
) -> Settings:
    return make_settings(
        telegram_bot_token="42:TOKEN",
        telegram_api_base=telegram.url,
        redis_url=own_valkey.url,
        database_url=sqlite_url,
        embedding_model="none",
    )


def run(settings: Settings, pace: Pace = WATCHFUL) -> None:
    raise SystemExit(run_worker(settings, "delivery", pace))


def die_at(name: FailPoint, hit: int, settings: Settings) -> None:
    arm(name, hit=hit)
    run(settings, HEIR)


def freeze_at(name: FailPoint, settings: Settings) -> None:
    def freeze() -> bool:
        os.kill(os.getpid(), signal.SIGSTOP)
        return False

    arm(name, may_die=freeze)
    run(settings)


def is_frozen(pid: int | None) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"


def settled(settings: Settings) -> bool:
    return not OPEN & states(settings).keys()


def check(telegram: BotApiServer, settings: Settings) -> None:
    """Everything arrived once, or is known as uncertain; nothing that is uncertain was sent again."""
    assert len(telegram.chats) == len(set(telegram.chats)), "something arrived twice"
    found = states(settings)
    assert found.get(SENT, 0) + found.get(UNCERTAIN, 0) == len(CHATS)
    assert len(telegram.chats) >= found.get(SENT, 0)


@pytest.mark.parametrize(
    ("name", "hit"),
    [
        (FailPoint.DELIVERY_CLAIMED, 1),
        (FailPoint.DELIVERY_LEAVING, 2),
        (FailPoint.DELIVERY_SENT, 1),
        (FailPoint.DELIVERY_SETTLED, 3),
    ],
)
def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    settings: Settings, telegram: BotApiServer, name: FailPoint, hit: int
) -> None:
    write_deliveries(settings, *CHATS)
    with worker(die_at, name, hit, settings) as process:
        process.join(20)
        assert process.exitcode == KILLED
    arrived = len(telegram.chats)
    with worker(run, settings, HEIR):
        wait_for(lambda: settled(settings), "the rows of the dead worker")
    check(telegram, settings)
    uncertain = states(settings).get(UNCERTAIN, 0)
    if name is FailPoint.DELIVERY_CLAIMED:
        assert (arrived, uncertain) == (0, 0)
    if name is FailPoint.DELIVERY_LEAVING:
        assert uncertain >= 1
    if name is FailPoint.DELIVERY_SENT:
        assert arrived >= 1
        assert uncertain >= 1


def test_a_worker_killed_by_a_signal_in_the_middle_of_sends(settings: Settings, telegram: BotApiServer) -> None:
    telegram.gate.clear()
    write_deliveries(settings, *CHATS)
    with worker(run, settings) as process:
        enqueue(str(settings.redis_url), JobName.DRAIN_DELIVERIES)
        assert telegram.waiting.wait(20)
        process.kill()
        process.join()
    telegram.gate.set()
    with worker(run, settings, HEIR):
        wait_for(lambda: settled(settings), "the rows of the dead worker")
    wait_for(lambda: len(telegram.chats) + states(settings).get(UNCERTAIN, 0) >= len(CHATS), "what was on its way")
    check(telegram, settings)
    assert states(settings)[UNCERTAIN] >= 1


def test_a_frozen_worker_does_not_send_what_another_took_over(settings: Settings, telegram: BotApiServer) -> None:
    write_deliveries(settings, *CHATS)
    with worker(freeze_at, FailPoint.DELIVERY_CLAIMED, settings) as frozen:
        wait_for(lambda: is_frozen(frozen.pid), "the first worker to freeze")
        with worker(run, settings):
            wait_for(lambda: states(settings) == {SENT: len(CHATS)}, "the second worker to take over")
        os.kill(frozen.pid or 0, signal.SIGCONT)
        write_deliveries(settings, 9)
        wait_for(lambda: states(settings) == {SENT: len(CHATS) + 1}, "the first worker to be at work again")
    assert sorted(telegram.chats) == [*CHATS, 9]


def test_a_worker_frozen_while_its_request_leaves_is_believed_when_it_wakes(
    settings: Settings, telegram: BotApiServer
) -> None:
    write_deliveries(settings, *CHATS)
    with worker(freeze_at, FailPoint.DELIVERY_LEAVING, settings) as frozen:
        wait_for(lambda: is_frozen(frozen.pid), "the first worker to freeze")
        with worker(run, settings):
            wait_for(lambda: settled(settings), "the second worker to take over")
        assert states(settings)[UNCERTAIN] >= 1
        os.kill(frozen.pid or 0, signal.SIGCONT)
        wait_for(lambda: states(settings) == {SENT: len(CHATS)}, "the answer to the request that had left")
    assert sorted(telegram.chats) == list(CHATS)


def ask_and_die(settings: Settings) -> None:
    async def work() -> None:
        async with opened(settings.sql_url) as store:
            async with store.transaction() as tx:
                await tx.members.add(1, "Admin", None, role=Role.ADMIN, status=MemberStatus.ACTIVE)
            arm(FailPoint.DELIVERY_QUEUED)
            await RequestAccess(store, AbsentJobQueue())(500, "Guest", None)

    asyncio.run(work())


def test_a_message_that_no_job_knows_of_is_sent_all_the_same(settings: Settings, telegram: BotApiServer) -> None:
    with worker(ask_and_die, settings) as process:
        process.join(20)
        assert process.exitcode == KILLED
    with worker(run, settings):
        wait_for(lambda: telegram.chats == [1], "the card of the request")


def test_an_emptied_redis_loses_nothing(settings: Settings, telegram: BotApiServer) -> None:
    with worker(run, settings) as process:
        write_deliveries(settings, 1)
        enqueue(str(settings.redis_url), JobName.DRAIN_DELIVERIES)
        wait_for(lambda: states(settings) == {SENT: 1}, "a delivery before")
        write_deliveries(settings, 2)
        with Redis.from_url(str(settings.redis_url)) as redis:
            redis.flushall()
        wait_for(lambda: states(settings) == {SENT: 2}, "the delivery whose job was in Redis")
        write_deliveries(settings, 3)
        enqueue(str(settings.redis_url), JobName.DRAIN_DELIVERIES)
        wait_for(lambda: states(settings) == {SENT: 3}, "a delivery with a new job")
        assert stop(process) == 0
    assert sorted(telegram.chats) == [1, 2, 3]
