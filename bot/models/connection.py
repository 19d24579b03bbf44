"""Work for a client that may hang up."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request

from services.domain.errors import MuzaError

T = TypeVar("T")


class ClientGone(Exception):
    """Nobody waits for the answer."""


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, which is cancelled when the client hangs up. The request's body must have been read.

    Raises ClientGone, and MuzaError as `work` does.
    """
    async with asyncio.TaskGroup() as group:
        working = group.create_task(_outcome(work))
        watching = group.create_task(_cancel_when_gone(request, working))
        await asyncio.wait((working,))
        watching.cancel()
    if working.cancelled():
        raise ClientGone
    outcome = working.result()
    if isinstance(outcome, MuzaError):
        raise outcome
    return outcome


async def _outcome(work: Awaitable[T]) -> T | MuzaError:
    """A failure as a value: a TaskGroup would wrap it."""
    try:
        return await work
    except MuzaError as error:
        return error


async def _cancel_when_gone(request: Request, working: "asyncio.Task[T | MuzaError]") -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
    working.cancel()
