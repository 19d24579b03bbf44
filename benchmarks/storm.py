"""`python -m benchmarks.storm [--seconds 600]`: 30 % of all calls are refused with a retry_after of 1 to 60 s.

200 chats (150 people, 50 groups) stream answers. Must hold: every final stands complete, nobody calls a chat before its
time, 3 calls in any 3 s of a chat, 20 in any 60 s of a group, and not one refusal by the limits themselves.
"""

import argparse
import asyncio
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.contest import most_within, play_out, quantile
from benchmarks.redis_stand import redis_server
from benchmarks.senders.task import Task
from benchmarks.telegram_stand import SeenCall, TelegramStand, telegram

PEOPLE, GROUPS = 150, 50


async def weather(options: argparse.Namespace) -> dict[str, Any]:
    async with telegram(PEOPLE, GROUPS) as stand:
        private, groups = await stand.chats()
        chats = private + groups
        with redis_server() as redis_url:
            await stand.storm(options.probability, 1, options.longest)
            parts = [chats[number :: options.processes] for number in range(options.processes)]
            tasks = [
                Task(stand.base_url, stand.token, redis_url, chats=part, seconds=options.seconds) for part in parts
            ]
            told = await play_out(sys.executable, "benchmarks.senders.storm", tasks)
        return await judged(stand, told)


async def judged(stand: TelegramStand, told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    calls, texts = await stand.calls(), await stand.texts()
    promised = {int(chat): finals for words in told for chat, finals in words["finals"].items()}
    missing = sum(texts[chat].count(final) != 1 for chat, finals in promised.items() for final in finals)
    left_open = sum(text.startswith("⏳") or ": word" in text for chat in promised for text in texts[chat])
    waits = sorted(wait for words in told for wait in words["waits"])
    refused = [call for call in calls if call.status == 429]
    most_private, most_group = busiest(calls)
    return {
        "benchmark": "storm",
        "calls": len(calls),
        "refused": len(refused),
        "refused_by_limits": sum(call.fault is None for call in refused),
        "finals": sum(map(len, promised.values())),
        "finals_missing_or_doubled": missing,
        "unfinished_messages": left_open,
        "called_before_their_time": len(await stand.early()),
        "most_in_3_s_of_a_private_chat": most_private,
        "most_in_60_s_of_a_group": most_group,
        "final_wait_p50": quantile(waits, 0.5),
        "final_wait_p95": quantile(waits, 0.95),
        "final_wait_mean": round(statistics.fmean(waits), 2) if waits else None,
        "placeholders_given_up": sum(words["failed"]["placeholder"] for words in told),
        "previews": sum(words["previews"] for words in told),
        "previews_dropped": sum(words["dropped"] for words in told),
    }


def busiest(calls: Sequence[SeenCall]) -> tuple[int, int]:
    """Refused calls count as well."""
    chats: dict[int, list[float]] = defaultdict(list)
    for call in calls:
        if call.counts and call.chat_id is not None:
            chats[call.chat_id].append(call.arrived)
    private = max((most_within(moments, 3.0) for chat, moments in chats.items() if chat > 0), default=0)
    group = max((most_within(moments, 60.0) for chat, moments in chats.items() if chat < 0), default=0)
    return private, group


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.storm")
    parser.add_argument("--seconds", type=float, default=600.0, help="how long new answers begin")
    parser.add_argument("--probability", type=float, default=0.3)
    parser.add_argument("--longest", type=int, default=60, help="of the retry_after, which begin at 1 s")
    parser.add_argument("--processes", type=int, default=1)
    figures = asyncio.run(weather(parser.parse_args()))
    for name, value in figures.items():
        print(f"  {name.replace('_', ' '):<34} {value}")
    print(json.dumps(figures), file=sys.stderr)
    wrong = ("refused_by_limits", "finals_missing_or_doubled", "unfinished_messages", "called_before_their_time")
    held = all(figures[name] == 0 for name in wrong)
    held = held and figures["most_in_3_s_of_a_private_chat"] <= 3 and figures["most_in_60_s_of_a_group"] <= 20
    print("held" if held else "BROKEN")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
