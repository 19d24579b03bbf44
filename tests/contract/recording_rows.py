"""Recordings that tests of the store begin with."""

from dataclasses import replace
from typing import Any

from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.recording import NewRecording, Piece, Recording, RecordingKind
from services.domain.transcript import Segment, Transcript
from services.store.ports import Store
from tests.store_rows import a_member, a_project, numbers

HEARD = Transcript("Три слогана для чая.", "ru", (Segment(0, 1_500, "Три слогана для чая.", 0.9),), 0.9)


async def new_recording(store: Store, **facts: Any) -> NewRecording:
    member, project = await a_member(store), await a_project(store)
    return replace(
        NewRecording(
            member_id=member.id,
            project_id=project.id,
            address=ChatAddress(member.telegram_id, None, next(numbers)),
            kind=RecordingKind.VOICE,
            language=Language.RUSSIAN,
            file_id="AwACAgIAAxkBAAI",
            duration_ms=3_000,
        ),
        **facts,
    )


async def a_recording(store: Store, **facts: Any) -> Recording:
    new = await new_recording(store, **facts)
    async with store.transaction() as tx:
        recording, is_new = await tx.recordings.add(new)
    assert is_new
    return recording


def pieces_of(recording_id: int, count: int) -> list[Piece]:
    """Of 1.5 seconds, half a second of silence between them."""
    return [
        Piece(recording_id, number, 2_000 * number, 2_000 * number + 1_500, f"recordings/{recording_id}/{number}.ogg")
        for number in range(count)
    ]
