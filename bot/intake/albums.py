"""An album comes as an update per picture. People sent it as one message, so it is handled as one.

Its parts are gathered in their lane, and stay in the inbox until all are handled together: a crash brings all of them
again. Which parts were handled is noted, so that a part that comes much too late is no second turn.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger

from services.domain.errors import StoreUnavailable
from services.store.ports import Store, StoredUpdate

QUIET_SECONDS = 0.7
"""After the last part; Telegram sends the parts within a few hundredths of a second, sometimes in two batches."""
LARGEST = 10
"""Parts: https://core.telegram.org/bots/api#sendmediagroup"""


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows of one lane that are one turn, in order."""

    rows: tuple[StoredUpdate, ...]
    is_late: bool = False
    """The rest of an album that was handled before, with nothing to say: done without a handler."""


@dataclass(slots=True)
class Lane:
    """What waits in one chat, in order."""

    rows: deque[StoredUpdate]
    more: asyncio.Event
    """Set when a row is added."""


class Albums:
    def __init__(
        self, store: Store, look: Callable[[], Awaitable[object]], closing: asyncio.Event, quiet_seconds: float
    ) -> None:
        """`look` takes in what another process has stored for this one."""
        self._store = store
        self._look = look
        self._closing = closing
        self._quiet_seconds = quiet_seconds

    async def unit_at_head(self, lane: Lane) -> Unit:
        """Usually the first row. Of an album all parts, waited for while they come."""
        head = lane.rows[0]
        album = _album_of(head)
        if album is None:
            return Unit((head,))
        await self._until_quiet(lane, album)
        parts = _parts_of(album, lane.rows)
        if self._closing.is_set():
            return Unit(parts)
        try:
            return Unit(parts, await self._is_late(head.lane, album, parts))
        except StoreUnavailable:
            logger.warning("the parts of an album are not noted: one that comes late will be answered")
            return Unit(parts)

    async def _until_quiet(self, lane: Lane, album: str) -> None:
        """Other people's words in between neither end an album nor make it wait longer."""
        clock = asyncio.get_running_loop().time
        known, last_came = 0, clock()
        while not self._closing.is_set():
            found = len(_parts_of(album, lane.rows))
            if found > known:
                known, last_came = found, clock()
            if known >= LARGEST:
                return
            lane.more.clear()
            if not await _within(lane.more, last_came + self._quiet_seconds):
                await self._look()
                if len(_parts_of(album, lane.rows)) == known:
                    return

    async def _is_late(self, lane_id: int, album: str, parts: Sequence[StoredUpdate]) -> bool:
        """One note a chat: of its last album. When parts that were noted are here again, a crash came before they were
        done: all are handled once more."""
        key, rows = f"album:{lane_id}", [row.row_id for row in parts]
        async with self._store.transaction() as tx:
            note = await tx.notes.get(key)
            handled: list[int] = note["rows"] if note is not None and note["album"] == album else []
            await tx.notes.put(key, {"album": album, "rows": sorted({*handled, *rows})})
        is_repeated = not set(handled).isdisjoint(rows)
        return bool(handled) and not is_repeated and not any(_speaks(_message_of(row)) for row in parts)


async def _within(event: asyncio.Event, deadline: float) -> bool:
    try:
        async with asyncio.timeout_at(deadline):
            return await event.wait()
    except TimeoutError:
        return False


def _parts_of(album: str, rows: Sequence[StoredUpdate]) -> tuple[StoredUpdate, ...]:
    return tuple(row for row in rows if _album_of(row) == album)[:LARGEST]


def _album_of(row: StoredUpdate) -> str | None:
    if '"media_group_id"' not in row.body:  # most rows: not worth parsing
        return None
    message = _message_of(row)
    album = message.get("media_group_id")
    return album if isinstance(album, str) and not _is_sound(message) else None


def _is_sound(message: dict[str, Any]) -> bool:
    """Sounds sent together are listened to one by one: each is a recording of its own."""
    document = message.get("document")
    kind = document.get("mime_type") if isinstance(document, dict) else None
    return "audio" in message or (isinstance(kind, str) and kind.lower().startswith("audio/"))


def _speaks(message: dict[str, Any]) -> bool:
    """A file is given for its own sake: one that is lost would be missed, a picture of many would not."""
    return bool(message.get("caption")) or "document" in message


def _message_of(row: StoredUpdate) -> dict[str, Any]:
    """Of a new message only: an edited picture is no part of a turn."""
    update = json.loads(row.body)
    message = update.get("message") if isinstance(update, dict) else None
    return message if isinstance(message, dict) else {}
