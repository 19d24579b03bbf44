"""What a chat page needs: state, messages, live events, and everything that a person can do."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, File, Form, HTTPException, Query, UploadFile
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel
from pydantic_core import to_json

from tests.emulators.telegram.attachments import Attachment
from tests.emulators.telegram.chats import Chat, StoredMessage
from tests.emulators.telegram.demo_views import View, draft_view, event_view, message_view, person_view, state_view
from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.people import Person

if TYPE_CHECKING:
    from tests.emulators.telegram.emulator import TelegramEmulator

PRESS_TIMEOUT = 10.0
KEEP_ALIVE_SECONDS = 15.0
SENDABLE = Literal["voice", "audio", "document", "photo", "video_note"]


class NewMessage(BaseModel):
    person: int
    text: str
    reply_to: int | None = None
    topic: int | None = None


class Press(BaseModel):
    person: int
    message_id: int
    data: str
    ephemeral: bool = False


class Edit(BaseModel):
    person: int
    message_id: int
    text: str


class Stop(BaseModel):
    person: int
    draft_id: int


class NewPerson(BaseModel):
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language: str | None = None


class DemoDesk:
    """Finds what a request names; everything missing is a 404, everything forbidden a 403."""

    def __init__(self, emulator: "TelegramEmulator") -> None:
        self.emulator = emulator

    def person(self, person_id: int) -> Person:
        person = self.emulator.people.get(person_id)
        if person is None:
            raise HTTPException(404, "no such person")
        return person

    def chat(self, chat_id: int, person: Person) -> Chat:
        chat = self.emulator.state.chats.get(chat_id)
        if chat is None:
            raise HTTPException(404, "no such chat")
        if chat not in self.emulator.state.chats_of(person.id):
            raise HTTPException(403, "this person is not in the chat")
        return chat

    def message(self, chat: Chat, message_id: int, person: Person, *, ephemeral: bool = False) -> StoredMessage:
        stored = (chat.ephemeral if ephemeral else chat.messages).get(message_id)
        if stored is None or stored.visible_to not in (None, person.id):
            raise HTTPException(404, "no such message")
        return stored

    def place(self, chat: Chat) -> Group | None:
        """The chat in the form in which a Person takes it."""
        return None if chat.is_private else Group(self.emulator, chat)


def demo_router(emulator: "TelegramEmulator") -> APIRouter:
    router = APIRouter(prefix="/demo")
    desk = DemoDesk(emulator)
    _add_reading(router, desk)
    _add_files_and_people(router, desk)
    _add_events(router, desk)
    _add_writing(router, desk)
    _add_pressing(router, desk)
    return router


def _add_reading(router: APIRouter, desk: DemoDesk) -> None:
    emulator = desk.emulator

    @router.get("/state")
    async def state(person: int) -> View:
        return state_view(emulator, desk.person(person))

    @router.get("/chats/{chat_id}/messages")
    async def messages(
        chat_id: int,
        person: int,
        topic: int | None = None,
        before: int | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> list[View]:
        reader = desk.person(person)
        chat = desk.chat(chat_id, reader)
        visible = [
            stored
            for stored in chat.visible_messages(reader.id)
            if (topic is None or stored.topic_id == topic)
            and (before is None or 0 < stored.message.message_id < before)
        ]
        if before is None:
            chat.read_up_to[reader.id] = chat.last_id
        views = [message_view(stored) for stored in visible[-limit:]]
        if chat.is_private and before is None:
            views += [draft_view(draft, emulator.state.bot) for draft in emulator.drafts.visible(chat)]
        return views


def _add_files_and_people(router: APIRouter, desk: DemoDesk) -> None:
    emulator = desk.emulator

    @router.get("/files/{file_id}")
    async def file(file_id: str) -> Response:
        try:
            stored = emulator.state.files.get(file_id)
        except ApiError as refusal:
            raise HTTPException(404, "no such file") from refusal
        return Response(stored.data, media_type=stored.mime_type, headers={"X-Content-Type-Options": "nosniff"})

    @router.post("/people", status_code=201)
    async def add_person(new: NewPerson) -> View:
        person = emulator.add_person(
            new.first_name, new.last_name, username=new.username, language_code=new.language, started=False
        )
        return person_view(person)


def _add_events(router: APIRouter, desk: DemoDesk) -> None:
    emulator = desk.emulator

    @router.get("/events")
    async def events(person: int) -> StreamingResponse:
        listener = desk.person(person)

        async def stream() -> AsyncIterator[bytes]:
            with emulator.state.events.subscribe() as queue:
                yield b"retry: 1000\n\n"
                while True:
                    try:
                        event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                    except TimeoutError:
                        yield b": keep-alive\n\n"
                        continue
                    if event is None:
                        return
                    chat = emulator.state.chats.get(event.chat_id)
                    shown = (
                        chat is not None and chat.has(listener.id) and (not chat.is_private or chat.id == listener.id)
                    )
                    if shown and event.person_id in (None, listener.id):
                        data = to_json(event_view(event, emulator.state.bot))
                        yield f"event: {event.kind}\ndata: ".encode() + data + b"\n\n"

        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


def _add_writing(router: APIRouter, desk: DemoDesk) -> None:
    @router.post("/chats/{chat_id}/messages", status_code=201)
    async def say(chat_id: int, new: NewMessage) -> View:
        person = desk.person(new.person)
        chat = desk.chat(chat_id, person)
        if not new.text.strip():
            raise HTTPException(400, "the message is empty")
        answered = desk.message(chat, new.reply_to, person).message if new.reply_to else None
        message = await person.says(new.text, chat=desk.place(chat), topic=new.topic, reply_to=answered)
        return message_view(chat.messages[message.message_id])

    @router.post("/chats/{chat_id}/files", status_code=201)
    async def send_file(
        chat_id: int,
        person: Annotated[int, Form()],
        kind: Annotated[SENDABLE, Form()],
        file: Annotated[UploadFile, File()],
        caption: Annotated[str | None, Form()] = None,
        topic: Annotated[int | None, Form()] = None,
        duration: Annotated[int, Form()] = 0,
    ) -> View:
        sender = desk.person(person)
        chat = desk.chat(chat_id, sender)
        attachment = Attachment(kind, await file.read(), file.filename or kind, file.content_type, duration)
        sent = await sender.sends(attachment, caption=caption, chat=desk.place(chat), topic=topic)
        return message_view(chat.messages[sent[0].message_id])

    @router.post("/chats/{chat_id}/edit")
    async def edit(chat_id: int, change: Edit) -> View:
        person = desk.person(change.person)
        stored = desk.message(desk.chat(chat_id, person), change.message_id, person)
        if stored.sender.id != person.id or not change.text.strip():
            raise HTTPException(400, "people edit only their own messages, and not to nothing")
        await person.edits(stored.message, change.text)
        return message_view(stored)


def _add_pressing(router: APIRouter, desk: DemoDesk) -> None:
    @router.post("/chats/{chat_id}/press")
    async def press(chat_id: int, tap: Press) -> View:
        person = desk.person(tap.person)
        stored = desk.message(desk.chat(chat_id, person), tap.message_id, person, ephemeral=tap.ephemeral)
        pending = person.forges(stored.message, tap.data)
        try:
            answer = await asyncio.wait_for(asyncio.shield(pending.answer), PRESS_TIMEOUT)
        except TimeoutError:
            raise HTTPException(504, "the bot did not answer") from None
        return {"text": answer.text, "show_alert": answer.show_alert, "url": answer.url}

    @router.post("/chats/{chat_id}/stop")
    async def stop(chat_id: int, request: Stop) -> View:
        person = desk.person(request.person)
        draft = desk.emulator.drafts.find(desk.chat(chat_id, person), request.draft_id)
        if draft is None:
            raise HTTPException(404, "no such draft")
        try:
            await person.stops(draft)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return {"stopped": True}
