"""Files read some at a time, and taken one after the other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Read = TypeVar("Read")


async def read_ahead(
    items: Iterable[Item],
    read: Callable[[Item], Awaitable[Read]],
    take: Callable[[Item, Read], Awaitable[bool]],
    at_once: int,
) -> None:
    """`take` gets what was read in the order of `items`, while up to `at_once` of the next are being read; it returns
    False when the rest is not wanted any more. Raises what either of them raises, as it is."""
    waiting, ahead = iter(items), deque[tuple[Item, asyncio.Task[Read | Exception]]]()
    failed: Exception | None = None
    async with asyncio.TaskGroup() as group:

        def begin() -> None:
            for item in waiting:
                ahead.append((item, group.create_task(_kept(read(item)))))
                if len(ahead) >= at_once:
                    return

        begin()
        while ahead and failed is None:
            item, reading = ahead.popleft()
            found = await reading
            begin()
            try:
                if isinstance(found, Exception):
                    raise found
                if not await take(item, found):
                    break
            except Exception as error:  # noqa: BLE001 - raised below: a TaskGroup would wrap it
                failed = error
        for _, reading in ahead:
            reading.cancel()
    if failed is not None:
        raise failed


async def _kept(reading: Awaitable[Read]) -> Read | Exception:
    try:
        return await reading
    except Exception as error:  # noqa: BLE001 - raised when its turn comes
        return error
