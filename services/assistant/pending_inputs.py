"""Questions that wait for a person's next message, kept in the database: a restart does not forget them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.assistant.ports import Clock
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.store.ports import Store

PATIENCE = timedelta(hours=24)
"""After this the question is forgotten: nobody means a day-old prompt."""


@dataclass(frozen=True, slots=True)
class PendingInput:
    purpose: str
    payload: dict[str, Any]


class PendingInputs:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def ask(self, member: Member, address: ChatAddress, purpose: str, payload: dict[str, Any]) -> None:
        """The person's next message in this chat and topic answers `purpose`; a newer question replaces it."""
        value = {"purpose": purpose, "payload": payload, "asked_at": self._clock.now().isoformat()}
        async with self._store.transaction() as tx:
            await tx.notes.put(_key(member, address), value)

    async def take(self, member: Member, address: ChatAddress, only: str | None = None) -> PendingInput | None:
        """What the message answers, once. `only`: a question of another purpose goes on waiting."""
        key = _key(member, address)
        async with self._store.reading() as tx:
            waiting = await tx.notes.get(key)
            if waiting is None or only not in (None, waiting["purpose"]):
                return None
        async with self._store.transaction() as tx:
            value = await tx.notes.get(key)
            if value is None or not await tx.notes.delete(key):
                return None
        if self._clock.now() - datetime.fromisoformat(value["asked_at"]) > PATIENCE:
            return None
        return PendingInput(value["purpose"], value["payload"])

    async def cancel(self, member: Member, address: ChatAddress) -> bool:
        """True: there was a question, and it is forgotten."""
        async with self._store.transaction() as tx:
            return await tx.notes.delete(_key(member, address))


def _key(member: Member, address: ChatAddress) -> str:
    return f"pending:{address.chat_id}:{address.topic_id or 0}:{member.id}"
