"""What the page needs for voices: samples, and messages that carry sound.

The demo has no model that could listen: what it will "hear" is told together with the sound, before it is sent.
"""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, HTTPException, UploadFile
from fastapi.responses import Response

from services.domain.errors import AudioUnreadable
from tests.emulators.demo.sound import as_video_note, as_voice, has_picture, seconds_of
from tests.emulators.openai.transcripts import Transcripts
from tests.emulators.telegram.attachments import Attachment
from tests.emulators.telegram.demo_api import DemoDesk
from tests.emulators.telegram.demo_views import View, message_view
from tests.emulators.telegram.emulator import TelegramEmulator

SAMPLES = Path(__file__).parents[2] / "data" / "audio"
Kind = Literal["voice", "video_note", "audio"]


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    text: str
    """Empty: nobody speaks in it."""
    language: str | None
    seconds: int


def read_samples(folder: Path = SAMPLES) -> dict[str, Sample]:
    texts: dict[str, str] = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    return {
        name: Sample(name, text, _language(name), seconds_of((folder / name).read_bytes()))
        for name, text in texts.items()
    }


def speaking_router(telegram: TelegramEmulator, transcripts: Transcripts) -> APIRouter:
    router = APIRouter(prefix="/demo")
    _add_samples(router)
    _add_speech(router, DemoDesk(telegram), transcripts)
    return router


def _add_samples(router: APIRouter) -> None:
    known: dict[str, Sample] = {}

    @router.get("/samples")
    async def samples() -> list[Sample]:
        if not known:
            known.update(await asyncio.to_thread(read_samples))
        return list(known.values())

    @router.get("/samples/{name}")
    async def sample(name: str) -> Response:
        path = SAMPLES / name
        if path.parent != SAMPLES or path.suffix != ".ogg" or not path.is_file():
            raise HTTPException(404, "no such sample")
        return Response(path.read_bytes(), media_type="audio/ogg", headers={"X-Content-Type-Options": "nosniff"})


def _add_speech(router: APIRouter, desk: DemoDesk, transcripts: Transcripts) -> None:
    @router.post("/chats/{chat_id}/speech", status_code=201)
    async def speak(
        chat_id: int,
        person: Annotated[int, Form()],
        kind: Annotated[Kind, Form()],
        file: Annotated[UploadFile, File()],
        words: Annotated[str | None, Form()] = None,
        topic: Annotated[int | None, Form()] = None,
        reply_to: Annotated[int | None, Form()] = None,
    ) -> View:
        """`words`: what will be heard; None: whatever listens finds out by itself."""
        sender = desk.person(person)
        chat = desk.chat(chat_id, sender)
        answered = desk.message(chat, reply_to, sender).message if reply_to else None
        recording = await file.read()
        if not recording:
            raise HTTPException(400, "the recording is empty")
        try:
            attachment = await _attachment(kind, recording, file.filename or "recording")
        except AudioUnreadable as error:
            raise HTTPException(400, "this sound cannot be read") from error
        if words is not None:
            transcripts.add(attachment.data, " ".join(words.split()))
        sent = await sender.sends(attachment, chat=desk.place(chat), topic=topic, reply_to=answered)
        return message_view(chat.messages[sent[0].message_id])


async def _attachment(kind: Kind, recording: bytes, name: str) -> Attachment:
    """Raises AudioUnreadable."""
    seconds = await asyncio.to_thread(seconds_of, recording)
    if kind == "voice":
        return Attachment("voice", await as_voice(recording), "voice.ogg", "audio/ogg", seconds)
    if kind == "video_note":
        seen = recording if await asyncio.to_thread(has_picture, recording) else None
        note = seen if seen is not None else await asyncio.to_thread(as_video_note, recording)
        return Attachment("video_note", note, "note.mp4", "video/mp4", seconds)
    return Attachment("audio", recording, name, None, seconds)


def _language(name: str) -> str | None:
    ending = Path(name).stem.rpartition("-")[2]
    return ending if ending in ("ru", "en") else None
