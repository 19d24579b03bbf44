"""`/broadcast` to a thousand people, through the product's own path: an announcement is started, real delivery workers
drain its rows, and meanwhile a bot answers people.

    python -m benchmarks.broadcast [--chats 1000] [--workers 1|2] [--postgres]

The emulated Telegram is a process of its own and strict: 30 calls in any second, 3 in any 3 s of a chat.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from aiogram import Bot
from loguru import logger
from pydantic import SecretStr

from benchmarks.contest import most_within, quantile
from benchmarks.redis_stand import redis_server
from benchmarks.telegram_stand import ROOT, SeenCall, TelegramStand, telegram
from bot.clock import SystemClock
from bot.jobs import FUNCTIONS
from bot.limiter import open_limiter
from bot.settings import Settings, child_environment
from bot.telegram import build_bot
from services.assistant.choose_audience import ChooseAudience
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.assistant.start_broadcast import StartBroadcast
from services.delivery.redis_limiter import SETTLING_SECONDS, open_redis
from services.domain.broadcast import Audience
from services.domain.chat import ChatAddress
from services.domain.member import Member, MemberStatus, Role
from services.queue.rq_queue import RqJobQueue
from services.store.engine import open_engine
from services.store.ports import Store
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.fixtures_store import create_database
from tests.postgres_server import running_postgres

REPLY_EVERY_SECONDS = 1.5
"""Each reply takes a slot that the announcement does not get."""
ASKING = 25
READY = "worker delivery is ready"
DURATION_AIM, REPLY_AIM = 34.5, 0.15


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    store: Store
    jobs: RqJobQueue
    bot: Bot
    author: Member
    asking: Sequence[int]


@dataclass(frozen=True, slots=True)
class Figures:
    expected: int
    copies: Sequence[SeenCall]
    refused: int
    most_in_a_second: int
    progress: int
    """Edits of the bar."""
    waits: Sequence[float]

    @property
    def seconds(self) -> float:
        """From the first message to the last, as Telegram saw them arrive."""
        moments = [call.arrived for call in self.copies]
        return max(moments) - min(moments)

    def table(self) -> str:
        received = Counter(call.chat_id for call in self.copies)
        doubled = sum(times - 1 for times in received.values())
        waits = sorted(self.waits)
        return "\n".join(
            (
                f"  first message to last   {self.seconds:8.2f} s    aim ≤ {DURATION_AIM} s",
                f"  rate                    {len(self.copies) / self.seconds:8.2f} a second, {self.most_in_a_second} "
                "calls in the fullest second",
                f"  edits of the bar        {self.progress:8}",
                f"  missing, doubled        {self.expected - len(received):8} {doubled}    aim 0, 0",
                f"  429                     {self.refused:8}      aim 0",
                f"  a reply takes           {quantile(waits, 0.5):8.3f} s at p50, {quantile(waits, 0.95):.3f} s at p95 "
                f"of {len(waits)}    aim ≤ {REPLY_AIM} s",
            )
        )


@asynccontextmanager
async def furnished(stand: TelegramStand, redis_url: str, data_dir: Path, url: str | None) -> AsyncIterator[House]:
    """A team of everybody whom the emulator knows: the first is the author, the last ask questions and get no news."""
    people, _ = await stand.chats()
    settings = Settings(
        _env_file=None,
        telegram_bot_token=SecretStr(stand.token),
        telegram_api_base=stand.base_url,
        data_dir=data_dir,
        database_url=url,
        redis_url=redis_url,
    )
    await upgrade_schema(settings.sql_url)
    engine, redis = open_engine(settings.sql_url), open_redis(redis_url)
    store, jobs = SqlStore(engine), RqJobQueue(redis_url, FUNCTIONS)
    active = MemberStatus.ACTIVE
    async with store.transaction() as tx:
        author = await tx.members.add(people[0], "Author", None, role=Role.ADMIN, status=active)
        for person in people[1:-ASKING]:
            await tx.members.add(person, f"Person {person}", None, role=Role.MEMBER, status=active)
    async with open_limiter(redis) as limiter:
        bot = build_bot(settings, limiter, store)
        yield House(settings, store, jobs, bot, author, people[-ASKING:])
        await bot.session.close()
    await jobs.aclose()
    await redis.aclose()
    await engine.dispose()


@asynccontextmanager
async def worker(settings: Settings, log: Path) -> AsyncIterator[None]:
    """A delivery worker as the supervisor starts it, when it says that it is ready."""
    given = {
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token.get_secret_value() if settings.telegram_bot_token else None,
        "TELEGRAM_API_BASE": settings.telegram_api_base,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "EMBEDDING_MODEL": "none",
    }
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "worker", "--queue", "delivery",
            cwd=ROOT,
            env=child_environment({name: value for name, value in given.items() if value}),
            stderr=file,
        )  # fmt: skip
    try:
        for _ in range(600):
            if READY in await asyncio.to_thread(log.read_text):
                break
            await asyncio.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
        lines = (await asyncio.to_thread(log.read_text)).splitlines()
        print(*[line for line in lines if "WARNING" in line or "ERROR" in line][:20], sep="\n", file=sys.stderr)


async def announce(house: House) -> int:
    """What /broadcast does, from the message that is shown to its author to Send. Returns the announcement's id."""
    shown = await house.bot.send_message(house.author.telegram_id, "Tomorrow we meet at ten")
    asked = await house.bot.send_message(house.author.telegram_id, "Send it to everybody?")
    home = ChatAddress(house.author.telegram_id)
    proposal = await PrepareBroadcast(house.store)(house.author, home.at(shown.message_id))
    await ChooseAudience(house.store)(house.author, proposal.broadcast.id, Audience.MEMBERS)
    start = StartBroadcast(house.store, house.jobs, SystemClock())
    return (await start(house.author, proposal.broadcast.id, home.at(asked.message_id))).id


async def answer_people(house: House, waits: list[float]) -> None:
    """A reply now and then, each to another person, until cancelled."""
    number = 0
    while True:
        await asyncio.sleep(REPLY_EVERY_SECONDS)
        began = time.perf_counter()
        await house.bot.send_message(house.asking[number % len(house.asking)], f"Answer {number}")
        waits.append(time.perf_counter() - began)
        number += 1


async def measure(chats: int, workers: int, url: str | None) -> Figures:
    waits: list[float] = []
    async with AsyncExitStack() as stack:
        stand = await stack.enter_async_context(telegram(people=1 + chats + ASKING))
        redis_url = stack.enter_context(redis_server())
        data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="muza-bench-")))
        house = await stack.enter_async_context(furnished(stand, redis_url, data_dir, url))
        for number in range(workers):
            await stack.enter_async_context(worker(house.settings, data_dir / f"worker-{number}.log"))
        await asyncio.sleep(SETTLING_SECONDS)  # a running house has met its Redis long before
        await stand.reset()
        async with asyncio.TaskGroup() as group:
            answering = group.create_task(answer_people(house, waits))
            await ended(house, await announce(house), patience=60 + chats / 10)
            answering.cancel()
        calls = await stand.calls()
    copies = [call for call in calls if call.method == "copyMessage" and call.status == 200]
    counted = [call for call in calls if call.status == 200 and _counts(call.method)]
    return Figures(
        expected=chats,
        copies=copies,
        refused=sum(call.status == 429 for call in calls),
        most_in_a_second=most_within([call.arrived for call in counted], 1.0),
        progress=sum(call.method == "editMessageText" and call.status == 200 for call in calls),
        waits=waits,
    )


async def ended(house: House, broadcast_id: int, patience: float) -> None:
    async with asyncio.timeout(patience):
        while True:
            async with house.store.reading() as tx:
                broadcast = await tx.broadcasts.get(broadcast_id)
            if broadcast is not None and broadcast.finished_at is not None:
                return
            await asyncio.sleep(0.5)


def _counts(method: str) -> bool:
    return method.startswith(("send", "edit", "copy")) and method != "sendChatAction"


async def run(options: argparse.Namespace) -> None:
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    with running_postgres() if options.postgres else nullcontext() as pattern:
        url = None
        if pattern is not None:
            await create_database(pattern, "bench")
            url = pattern.format(database="bench")
        print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors, {'PostgreSQL' if url else 'SQLite'}")
        print(f"Announcement to {options.chats} private chats by {options.workers} delivery worker(s)\n")
        print((await measure(options.chats, options.workers, url)).table())


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.broadcast")
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
