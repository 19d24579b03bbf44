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
        """What the message at `address` answers: that message only, and again when it comes again, because the process
        may have died before the answer was carried out. `only`: a question of another purpose goes on waiting."""
        key = _key(member, address)
        async with self._store.reading() as tx:
            waiting = await tx.notes.get(key)
            if waiting is None or only not in (None, waiting["purpose"]):
                return None
        async with self._store.transaction() as tx:
            value = await tx.notes.get(key)
            if value is None or not _is_answered_by(value, address):
                return None
            await tx.notes.put(key, {**value, "answered_by": address.message_id, "is_answered": True})
        if self._clock.now() - datetime.fromisoformat(value["asked_at"]) > PATIENCE:
            return None
        return PendingInput(value["purpose"], value["payload"])

    async def cancel(self, member: Member, address: ChatAddress) -> bool:
        """True: there was a question, and it is forgotten."""
        async with self._store.transaction() as tx:
            value = await tx.notes.get(_key(member, address))
            return await tx.notes.delete(_key(member, address)) and value is not None and not _is_answered(value)


def _is_answered(value: dict[str, Any]) -> bool:
    return bool(value.get("is_answered"))


def _is_answered_by(value: dict[str, Any], address: ChatAddress) -> bool:
    if not _is_answered(value):
        return True
    return address.message_id is not None and value["answered_by"] == address.message_id


def _key(member: Member, address: ChatAddress) -> str:
    return f"pending:{address.chat_id}:{address.topic_id or 0}:{member.id}"
