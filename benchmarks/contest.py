"""One sender, in one or several processes, against the emulated Telegram: what was delivered and how fast."""

import asyncio
import json
import math
import subprocess
import sys
import venv
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.senders.task import Task
from benchmarks.telegram_stand import ROOT, SeenCall, TelegramStand

PEERS = ROOT / ".venv-peers"
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of what a sender tells at the end."""
PEER_LIST = Path(__file__).with_name("peers.txt")


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    asked: int
    delivered: int
    seconds: float
    """From the word "go" to the last accepted message."""
    refused: int
    """Answers 429."""
    most_in_a_second: int
    failed: dict[str, int] = field(default_factory=dict)
    reply_p50: float | None = None
    reply_p95: float | None = None

    @property
    def per_second(self) -> float:
        return self.delivered / self.seconds if self.seconds else 0.0

    def line(self) -> str:
        """Machine-readable."""
        return json.dumps({"benchmark": "delivery", **asdict(self), "per_second": round(self.per_second, 2)})


async def contend(
    name: str, python: str, module: str, telegram: TelegramStand, tasks: Sequence[Task], *, limits: str = "strict"
) -> Result:
    await telegram.reset(limits)
    told = await play_out(python, module, tasks)
    return _result(name, tasks, told, await telegram.calls())


async def play_out(python: str, module: str, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """All processes are ready before the first may send. Returns what they told at the end."""
    processes = [await _start(python, module, task) for task in tasks]
    for process in processes:
        await _heard(process)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        await process.stdin.drain()
    told = await asyncio.gather(*(_heard(process) for process in processes))
    await asyncio.gather(*(process.wait() for process in processes))
    return list(told)


async def _start(python: str, module: str, task: Task) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        python, "-m", module, json.dumps(asdict(task)),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LONGEST_LINE,
    )  # fmt: skip


async def _heard(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("a sender ended before its time")
    words: dict[str, Any] = json.loads(line)
    return words


def _result(name: str, tasks: Sequence[Task], told: Sequence[dict[str, Any]], calls: Sequence[SeenCall]) -> Result:
    began = min(words["began"] for words in told)
    counted = [call for call in calls if call.counts]
    accepted = [call for call in counted if call.status == 200]
    waits = sorted(wait for words in told for wait in words["waits"])
    failed: Counter[str] = Counter()
    for words in told:
        failed.update(words["failed"])
    return Result(
        name=name,
        asked=sum(len(task.chats) + len(task.replies) for task in tasks),
        delivered=len(accepted),
        seconds=round(max((call.answered for call in accepted), default=began) - began, 2),
        refused=sum(call.status == 429 for call in counted),
        most_in_a_second=most_within([call.answered for call in accepted], 1.0),
        failed=dict(failed),
        reply_p50=quantile(waits, 0.5),
        reply_p95=quantile(waits, 0.95),
    )


def most_within(moments: Sequence[float], seconds: float) -> int:
    moments = sorted(moments)
    return max((bisect_left(moments, at + seconds) - index for index, at in enumerate(moments)), default=0)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[max(0, math.ceil(len(ordered) * share) - 1)], 3) if ordered else None


def peer_python() -> str:
    """The peers' interpreter; their environment is made when it is missing or out of date."""
    python, stamp = PEERS / "bin" / "python", PEERS / ".installed"
    wanted = PEER_LIST.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _install(python)
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)


def _install(python: Path) -> None:
    print(f"Installing the peers into {PEERS.name} …", file=sys.stderr)
    venv.create(PEERS, with_pip=True, clear=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(PEER_LIST)], check=True)
