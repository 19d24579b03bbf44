"""Waiting for something that cannot tell by itself: another process, a file, a row."""

import asyncio
import math
import time
from collections.abc import Callable

LOOK_SECONDS = 0.05


async def until(true: Callable[[], bool], seconds: float = math.inf) -> bool:
    """Looks now and again; False when it was not true within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if true():
            return True
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(LOOK_SECONDS)
