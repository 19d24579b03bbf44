"""`make bench-delivery`: a broadcast and a busy group, sent by a plain loop, by python-telegram-bot, and by Muza.

    python -m benchmarks.delivery [--only muza,muza-2,loop,peer] [--chats 1000] [--replies 20] [--group 60] [--capacity]

Every contender meets the same strict emulated Telegram, in a process of its own: 30 calls in any second, 3 in any 3 s
of a chat, 20 in any 60 s of a group; who breaks a limit is shut out until its retry_after has passed.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from benchmarks.contest import Result, contend, peer_python
from benchmarks.redis_stand import redis_server
from benchmarks.senders.task import Task
from benchmarks.telegram_stand import TelegramStand, telegram

NAMES = {
    "loop": "aiogram, a loop that sleeps on 429",
    "peer": "python-telegram-bot, AIORateLimiter",
    "muza": "Muza, one process",
    "muza-2": "Muza, two processes",
}
MODULES = {"loop": "plain_loop", "peer": "peer", "muza": "muza", "muza-2": "muza"}
BROADCAST_AIM, REPLY_AIM, GROUP_AIM = 34.5, 0.15, 126.0


def tasks_for(contender: str, stand: TelegramStand, redis_url: str, chats: list[int], replies: list[int]) -> list[Task]:
    def task(some: list[int], asking: list[int]) -> Task:
        return Task(stand.base_url, stand.token, redis_url, chats=some, replies=asking)

    if contender != "muza-2":
        return [task(chats, replies)]
    return [task(chats[::2], replies), task(chats[1::2], [])]


async def run(contender: str, stand: TelegramStand, chats: list[int], replies: list[int], what: str) -> Result:
    python = peer_python() if contender == "peer" else sys.executable
    with redis_server() as redis_url:
        tasks = tasks_for(contender, stand, redis_url, chats, replies)
        result = await contend(f"{what}: {contender}", python, f"benchmarks.senders.{MODULES[contender]}", stand, tasks)
    print(result.line(), file=sys.stderr, flush=True)
    return result


async def broadcasts(contenders: Sequence[str], chats: int, replies: int) -> list[Result]:
    """One after the other, so that nobody takes the processor from another."""
    async with telegram(people=chats + replies) as stand:
        private, _ = await stand.chats()
        return [await run(name, stand, private[:chats], private[chats:], "broadcast") for name in contenders]


async def groups(contenders: Sequence[str], messages: int) -> list[Result]:
    """Beside one another, each with a Telegram of its own: they mostly wait."""

    async def one(name: str) -> Result:
        async with telegram(people=2, groups=1) as stand:
            _, (group,) = await stand.chats()
            return await run(name, stand, [group] * messages, [], "group")

    async with asyncio.TaskGroup() as together:
        running = [together.create_task(one(name)) for name in contenders]
    return [task.result() for task in running]


async def capacity(calls: int = 3_000) -> None:
    """What the emulator itself can take, limits off: far above what any limit lets through."""
    async with telegram(people=calls) as stand:
        private, _ = await stand.chats()
        task = Task(base_url=stand.base_url, token=stand.token, chats=private)
        result = await contend("capacity", sys.executable, "benchmarks.senders.flood", stand, [task], limits="off")
    print(result.line(), file=sys.stderr)
    print(f"The emulator answers {result.per_second:.0f} calls/s.\n")


def table(title: str, results: Sequence[Result], aim: float) -> None:
    print(f"{title}\n")
    print(
        f"  {'':<38} {'time':>8} {'sent/s':>8} {'429':>6} {'lost':>5} {'most in 1 s':>12} {'reply p50':>10} {'p95':>7}"
    )
    for result in results:
        reply = [f"{wait:.3f}" if wait is not None else "–" for wait in (result.reply_p50, result.reply_p95)]
        print(
            f"  {NAMES[result.name.rpartition(' ')[2]]:<38} {result.seconds:>7.1f}s {result.per_second:>8.2f}"
            f" {result.refused:>6} {result.asked - result.delivered:>5} {result.most_in_a_second:>12}"
            f" {reply[0]:>10} {reply[1]:>7}"
        )
    print(f"  aims for Muza: ≤ {aim:g} s, no 429, a reply within {REPLY_AIM} s at p95\n")


async def measure(options: argparse.Namespace) -> None:
    contenders = [name for name in options.only.split(",") if name]
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors\n")
    if options.capacity:
        await capacity()
    if options.chats:
        results = await broadcasts(contenders, options.chats, options.replies)
        title = f"Broadcast to {options.chats} private chats, {options.replies} people ask something meanwhile"
        table(title, results, BROADCAST_AIM)
    if options.group:
        results = await groups([name for name in contenders if name != "muza-2"], options.group)
        table(f"{options.group} messages in one group", results, GROUP_AIM)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.delivery")
    parser.add_argument("--only", default=",".join(NAMES), help=f"some of: {', '.join(NAMES)}")
    parser.add_argument("--chats", type=int, default=1000, help="0: no broadcast")
    parser.add_argument("--replies", type=int, default=20)
    parser.add_argument("--group", type=int, default=60, help="messages in one group; 0: none")
    parser.add_argument("--capacity", action="store_true", help="first measure the emulator itself")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
