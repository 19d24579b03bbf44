"""Recordings that tests of the screen speak of."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.recording import Intent, Recording, RecordingKind, RecordingState, SpokenAction, SpokenRequest
from tests.unit.handlers.people import WHEN, WRITER

BRIEF = "Сделай пять слоганов для нового летнего чая с мятой."
IDEA = Intent(SpokenAction.IDEA, BRIEF)
UNSURE = Intent(SpokenAction.IDEA, BRIEF, is_certain=False)
CHOOSE = Intent(SpokenAction.CHOOSE)
SOON = WHEN + timedelta(seconds=4.2)
FORWARDED = SpokenRequest(is_own=False)


def recording(**changes: Any) -> Recording:
    """Just taken: nothing is on the screen."""
    made = Recording(
        id=31,
        member_id=WRITER.id,
        project_id=1,
        address=ChatAddress(501, None, 10),
        kind=RecordingKind.VOICE,
        state=RecordingState.RECEIVED,
        version=1,
        shown_version=0,
        language=Language.RUSSIAN,
        file_id="voice",
        file_name=None,
        mime_type="audio/ogg",
        size_bytes=16_000,
        duration_ms=6_000,
        is_long=False,
        request=SpokenRequest(),
    )
    return replace(made, **changes)


def waiting(**changes: Any) -> Recording:
    """Its transcript is shown in message 71, and it starts by itself soon."""
    heard = recording(
        state=RecordingState.WAITING,
        version=5,
        shown_version=4,
        screen=ChatAddress(501, None, 71),
        text=BRIEF,
        confidence=0.93,
        intent=IDEA,
        start_at=SOON,
    )
    return replace(heard, **changes)
