"""What people see of a night run: its message is drawn anew by the worker of deliveries, files follow at the end."""

from services.domain.batch import Batch
from services.domain.delivery import DeliveryKind, NewDelivery
from services.store.ports import Transaction

FORMS = ("csv", "md")


async def draw_again(tx: Transaction, batch: Batch) -> None:
    """Once a version. A batch whose message is not sent yet is drawn when it is."""
    if batch.screen is not None:
        key = f"batch_changed:{batch.id}:{batch.version}"
        await tx.deliveries.add(NewDelivery(DeliveryKind.BATCH_CHANGED, batch.screen, key, {"batch_id": batch.id}))


async def send_end(tx: Transaction, batch: Batch, *, has_answers: bool) -> None:
    """Its own message draws no attention when it changes: whoever waited since yesterday gets a new one."""
    if not has_answers:
        ended = NewDelivery(DeliveryKind.BATCH_ENDED, batch.address, f"batch_ended:{batch.id}", {"batch_id": batch.id})
        await tx.deliveries.add(ended)
        return
    await tx.deliveries.add_many(
        [
            NewDelivery(
                DeliveryKind.BATCH_FILE,
                batch.address,
                f"batch_file:{batch.id}:{form}",
                {"batch_id": batch.id, "format": form},
            )
            for form in FORMS
        ]
    )
