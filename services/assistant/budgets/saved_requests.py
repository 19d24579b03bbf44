"""Requests that a budget refused, told of once it has room again. Each is told of once; it runs at a tap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.domain.budget import EVERY_ONE, Account, BudgetKey
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import BudgetExhausted
from services.domain.generation import Generation
from services.domain.recording import Recording
from services.store.ports import Transaction

MOST_TOLD = 20


Facts = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """As it waits: its button carries the version."""

    payload: dict[str, int | str]
    key: str
    address: ChatAddress

    def notice(self, not_before: datetime | None = None) -> NewDelivery:
        """Its key makes it one, however often it is written."""
        return NewDelivery(DeliveryKind.BUDGET_READY, self.address, self.key, self.payload, not_before=not_before)


async def tell_of_saved_requests(tx: Transaction, account: Account) -> bool:
    """In the transaction that gave `account` more. True: there is something to send."""
    left = account.left_microusd
    if left is not None and left <= 0:
        return False
    refused = [one for facts, one in await refused_requests(tx, MOST_TOLD) if _is_of(facts, account.key)]
    return bool(await tx.deliveries.add_many([saved.notice() for saved in await saved_requests(tx, refused)]))


async def refused_requests(tx: Transaction, limit: int) -> list[tuple[Facts, Generation | Recording]]:
    """With the facts of the budget that refused them, newest first; `limit` of attempts and of recordings."""
    code = BudgetExhausted.code
    attempts, recordings = await tx.generations.failed_with(code, limit), await tx.recordings.failed_with(code, limit)
    found: list[Generation | Recording] = [*attempts, *recordings]
    return [(one.error_facts, one) for one in found]


async def saved_requests(tx: Transaction, refused: Sequence[Generation | Recording]) -> list[SavedRequest]:
    found = [await _attempt(tx, one) if isinstance(one, Generation) else _recording(one) for one in refused]
    return [saved for saved in found if saved is not None]


def _is_of(facts: Facts, key: BudgetKey) -> bool:
    """Refused by this budget; the one of every one speaks for all of its kind."""
    if (facts.get("scope"), facts.get("period")) != (key.scope.value, key.period.value):
        return False
    return key.scope_id in (EVERY_ONE, facts.get("scope_id"))


async def _attempt(tx: Transaction, generation: Generation) -> SavedRequest | None:
    brief = await tx.briefs.get(generation.brief_id)
    if brief is None:
        return None
    return SavedRequest(
        {"generation_id": generation.id, "version": generation.version},
        f"budget-ready:g{generation.id}:{generation.version}",
        brief.address.at(None),
    )


def _recording(recording: Recording) -> SavedRequest:
    return SavedRequest(
        {"recording_id": recording.id, "version": recording.version},
        f"budget-ready:r{recording.id}:{recording.version}",
        recording.address.at(None),
    )
