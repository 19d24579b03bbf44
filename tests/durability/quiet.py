"""The quiet end: everything that was asked for has come to an end, or never will."""

import asyncio
import time

from tests.durability.stage import Stage

PATIENCE_SECONDS = 150.0
"""Longer than any lease, grace or pause of the product."""
CALM_CHECKS = 3
LOOK_SECONDS = 0.5


async def quiet_end(stage: Stage, patience: float = PATIENCE_SECONDS) -> float:
    """Seconds until nothing waited or ran any more; what is still open after `patience` is found by the checker."""
    began, calm = time.monotonic(), 0
    while calm < CALM_CHECKS and time.monotonic() - began < patience:
        await asyncio.sleep(LOOK_SECONDS)
        calm = 0 if unfinished(stage) else calm + 1
    return time.monotonic() - began


def unfinished(stage: Stage) -> dict[str, int]:
    waiting = {"at Telegram": len(stage.telegram.updates)} if len(stage.telegram.updates) else {}
    return waiting | stage.database.unfinished()
