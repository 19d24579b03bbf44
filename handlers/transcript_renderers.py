"""The files of a long recording."""

from collections.abc import Awaitable
from typing import Protocol

from handlers.delivery_renderers import Attached, Content, Renderers
from handlers.i18n import Texts, mark
from services.assistant.listening.export_transcript import TranscriptFile
from services.delivery.ports import Undeliverable
from services.domain.delivery import Delivery, DeliveryKind

_CAPTIONS = {"txt": mark("minutes.file_txt"), "srt": mark("minutes.file_srt")}


class Export(Protocol):
    def __call__(self, recording_id: int, form: str) -> Awaitable[TranscriptFile | None]: ...


def transcript_renderers(export: Export) -> Renderers:
    async def file(delivery: Delivery, texts: Texts) -> Content:
        form = str(delivery.payload["format"])
        found = await export(int(delivery.payload["recording_id"]), form)
        if found is None:
            raise Undeliverable("the transcript is gone")
        return Attached(found.name, found.content, texts(_CAPTIONS[form]))

    return {DeliveryKind.TRANSCRIPT_FILE: file}
