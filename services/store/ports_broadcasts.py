"""Announcements, as the use cases see them. Their messages are rows of the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.domain.broadcast import Audience, Broadcast, BroadcastCounts
from services.domain.chat import ChatAddress


class Broadcasts(Protocol):
    """Every change of state is one guarded statement; None says that the world had changed before."""

    async def add(self, author_id: int, source: ChatAddress, audience: Audience) -> Broadcast:
        """A DRAFT. `source` must carry a message id."""
        ...

    async def get(self, broadcast_id: int) -> Broadcast | None: ...
    async def addressees(self, audience: Audience, author_id: int) -> Sequence[ChatAddress]:
        """Chats that would get it now. The author has seen it already; blocked people and chats that closed themselves
        to Muza are left out."""
        ...

    async def choose(self, broadcast_id: int, audience: Audience) -> Broadcast | None:
        """Of a DRAFT."""
        ...

    async def start(self, broadcast_id: int, progress: ChatAddress, total: int, now: datetime) -> Broadcast | None:
        """DRAFT → RUNNING. `progress`: the message that shows how far it is."""
        ...

    async def discard(self, broadcast_id: int, now: datetime) -> Broadcast | None:
        """DRAFT → STOPPED and finished: nobody got anything."""
        ...

    async def stop(self, broadcast_id: int) -> Broadcast | None:
        """RUNNING → STOPPED; finished when what is being sent at this moment has ended."""
        ...

    async def unfinished(self) -> Sequence[Broadcast]:
        """Started and not finished, oldest first."""
        ...

    async def finish(self, broadcast_id: int, now: datetime) -> Broadcast | None:
        """RUNNING → DONE; a STOPPED one stays so. Both get their end."""
        ...

    async def counts(self, broadcast_id: int, since: datetime) -> BroadcastCounts:
        """`since`: what settled after it is counted once more as `lately`."""
        ...
