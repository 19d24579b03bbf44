"""What deliveries show of night runs, in the language in which the person asked."""

from collections.abc import Awaitable
from typing import Protocol

from handlers.batch_keyboard import batch_keyboard
from handlers.delivery_renderers import Attached, Content, Edited, Renderers, Said
from handlers.i18n import Catalogues, Texts
from handlers.views.batch import batch_message
from handlers.views.batch_files import batch_csv, batch_file_name, batch_md
from services.assistant.batches.read_batch import BatchReport
from services.delivery.ports import Undeliverable
from services.domain.delivery import Delivery, DeliveryKind

_FILES = {"csv": batch_csv, "md": batch_md}


class FindBatch(Protocol):
    def __call__(self, batch_id: int, *, with_lines: bool = False) -> Awaitable[BatchReport | None]: ...


def batch_renderers(find_batch: FindBatch, catalogues: Catalogues) -> Renderers:
    async def found(delivery: Delivery, *, with_lines: bool = False) -> tuple[BatchReport, Texts]:
        report = await find_batch(int(delivery.payload["batch_id"]), with_lines=with_lines)
        if report is None:
            raise Undeliverable("the batch is gone")
        return report, catalogues.texts(report.batch.language)

    async def changed(delivery: Delivery, _: Texts) -> Content:
        report, texts = await found(delivery)
        return Edited(batch_message(report, texts), batch_keyboard(report.batch, texts))

    async def ended(delivery: Delivery, _: Texts) -> Content:
        report, texts = await found(delivery)
        return Said(batch_message(report, texts))

    async def file(delivery: Delivery, _: Texts) -> Content:
        report, texts = await found(delivery, with_lines=True)
        form = str(delivery.payload["format"])
        content = _FILES[form](report, texts)
        return Attached(batch_file_name(report, form), content, texts("batch.file_caption", form=form.upper()))

    return {DeliveryKind.BATCH_CHANGED: changed, DeliveryKind.BATCH_ENDED: ended, DeliveryKind.BATCH_FILE: file}
