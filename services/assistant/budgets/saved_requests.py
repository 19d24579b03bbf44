"""Requests that a budget refused, told of once it has room again. Each is told of once; it runs at a tap."""

from dataclasses import dataclass

from services.domain.budget import EVERY_ONE, Account, BudgetKey
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import BudgetExhausted
from services.domain.generation import Generation
from services.domain.recording import Recording
from services.store.ports import Transaction

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """As it waits: its button carries the version."""

    payload: dict[str, int | str]
    key: str
    address: ChatAddress


async def tell_of_saved_requests(tx: Transaction, account: Account) -> bool:
    """In the transaction that gave `account` more. True: there is something to send."""
    left = account.left_microusd
    if left is not None and left <= 0:
        return False
    told = [
        await tx.deliveries.add(NewDelivery(DeliveryKind.BUDGET_READY, saved.address, saved.key, saved.payload))
        for saved in await _refused_by(tx, account.key)
    ]
    return any(told)


async def _refused_by(tx: Transaction, key: BudgetKey) -> list[SavedRequest]:
    code = BudgetExhausted.code
    found = [
        await _attempt(tx, generation)
        for generation in await tx.generations.failed_with(code, MOST_TOLD)
        if _is_of(generation.error_facts, key)
    ]
    found += [
        _recording(one) for one in await tx.recordings.failed_with(code, MOST_TOLD) if _is_of(one.error_facts, key)
    ]
    return [saved for saved in found if saved is not None]


def _is_of(facts: dict[str, int | str], key: BudgetKey) -> bool:
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
