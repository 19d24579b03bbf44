"""Administrators are told once of each model whose price nobody knows: rows of the outbox, written in the transaction
that counted the call."""

from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.member import MemberStatus, Role
from services.store.ports import Transaction

_TOLD = "price_unknown:{}/{}"


async def tell_of_unknown_price(tx: Transaction, provider: str, model: str) -> None:
    about = _TOLD.format(provider, model)
    if await tx.notes.get(about) is not None:
        return
    admins = await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN)
    if not admins:  # whoever becomes one is told at the next call
        return
    await tx.notes.put(about, {"told": True})
    await tx.deliveries.add_many(
        [
            NewDelivery(
                DeliveryKind.PRICE_UNKNOWN,
                ChatAddress(admin.telegram_id),
                f"{about}:{admin.id}",
                {"provider": provider, "model": model},
            )
            for admin in admins
        ]
    )
