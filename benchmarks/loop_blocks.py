"""How long callbacks held the event loops of the product's processes, told by `loop_watch/sitecustomize.py`."""

import json
from dataclasses import dataclass
from pathlib import Path

WATCH = Path(__file__).parent / "loop_watch"


@dataclass(frozen=True, slots=True)
class Block:
    process: str
    """Its command line: "polling", "worker --queue heavy"…"""
    at: float
    """Seconds since 1970, when it was over."""
    seconds: float
    worked: float
    """Processor time of the loop's thread."""
    what: str


def watched(folder: Path) -> dict[str, str]:
    """Environment of processes that shall write to `folder`."""
    return {"PYTHONPATH": str(WATCH), "LOOP_WATCH_FOLDER": str(folder)}


def longest(folder: Path, process: str, since: float) -> Block | None:
    """None: nothing held it for as long as is written down (20 ms)."""
    lines = (line for file in folder.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines())
    blocks = (Block(**json.loads(line)) for line in lines)
    return max((b for b in blocks if b.process == process and b.at >= since), key=lambda b: b.seconds, default=None)
