"""The chat page's side: everything over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from aiogram import Bot
from aiogram.types import (
    BotCommand,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputRichMessage,
)

from tests.emulators.telegram import DemoCast, RunningServer, TelegramEmulator, demo_cast

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="ok", callback_data="ok:1")]])


@pytest.fixture
def cast(emulator: TelegramEmulator) -> DemoCast:
    return demo_cast(emulator)


@pytest.fixture
async def page(server: RunningServer, cast: DemoCast) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{server.base_url}/demo") as client:
        yield client


async def test_the_state_of_a_person(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand(command="idea", description="придумать")], language_code="ru")
    await bot.set_my_commands([BotCommand(command="idea", description="make one")])
    await bot.send_message(cast.team.id, "доброе утро")
    state = (await page.get("/state", params={"person": cast.copywriter.id})).json()
    assert [person["name"] for person in state["people"]] == ["Аня Кравцова", "Lev Ostrov", "Марина Ли", "Guest"]
    assert {person["role_hint"] for person in state["people"]} == {"copywriter", "art director", "admin", "stranger"}
    private, team, studio = state["chats"]
    assert (private["type"], private["title"], private["unread"]) == ("private", "Muza", 0)
    assert (team["title"], team["unread"], team["last_message"]["text"]) == ("Команда бренда", 1, "доброе утро")
    assert studio["is_forum"] is True
    assert [topic["title"] for topic in studio["topics"]] == ["General", "Весенняя кампания"]
    assert state["commands"][str(cast.copywriter.id)] == [{"command": "idea", "description": "придумать"}]
    assert state["bot"]["username"] == "muza_bot"
    english = (await page.get("/state", params={"person": cast.art_director.id})).json()
    assert english["commands"][str(cast.team.id)] == [{"command": "idea", "description": "make one"}]
    stranger = (await page.get("/state", params={"person": cast.stranger.id})).json()
    assert [chat["type"] for chat in stranger["chats"]] == ["private"]


async def test_writing_reading_and_editing(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    anya, chat = cast.copywriter.id, f"/chats/{cast.copywriter.id}"
    said = (await page.post(f"{chat}/messages", json={"person": anya, "text": "/idea для @lev_ostrov"})).json()
    assert [entity["type"] for entity in said["entities"]] == ["bot_command", "mention"]
    rich = InputRichMessage(markdown="**идея**")
    await bot.send_rich_message(anya, rich)
    reply = {"person": anya, "text": "короче", "reply_to": 2}
    assert (await page.post(f"{chat}/messages", json=reply)).json()["reply_to_message"]["message_id"] == 2
    edited = await page.post(f"{chat}/edit", json={"person": anya, "message_id": 1, "text": "/idea лето"})
    assert edited.json()["edited"] is True
    messages = (await page.get(f"{chat}/messages", params={"person": anya})).json()
    assert [message.get("text") for message in messages] == ["/idea лето", None, "короче"]
    assert messages[1]["rich_source"] == {"markdown": "**идея**"}
    assert messages[1]["rich_message"]["blocks"][0]["type"] == "paragraph"
    earlier = (await page.get(f"{chat}/messages", params={"person": anya, "before": 3, "limit": 1})).json()
    assert [message["message_id"] for message in earlier] == [2]
    kinds = [update.event_type for update in await bot.get_updates()]
    assert kinds == ["message", "message", "edited_message"]


async def test_topics_files_and_downloads(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    anya, spring = cast.copywriter.id, cast.studio.topics[1].id
    path = f"/chats/{cast.studio.id}"
    form = {"person": str(anya), "kind": "voice", "topic": str(spring), "duration": "3", "caption": "слушай"}
    sent = (await page.post(f"{path}/files", data=form, files={"file": ("v.ogg", b"OggS", "audio/ogg")})).json()
    assert (sent["message_thread_id"], sent["caption"], sent["voice"]["duration"]) == (spring, "слушай", 3)
    content = await page.get(f"/files/{sent['voice']['file_id']}")
    assert (content.content, content.headers["content-type"]) == (b"OggS", "audio/ogg")
    in_topic = await page.get(f"{path}/messages", params={"person": anya, "topic": spring})
    assert [bool(message.get("voice")) for message in in_topic.json()] == [False, True]
    in_general = await page.get(f"{path}/messages", params={"person": anya, "topic": 1})
    assert in_general.json() == []
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.voice is not None


async def test_a_press_returns_the_answer_of_the_bot(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    anya = cast.copywriter.id
    await cast.copywriter.starts()
    shown = await bot.send_message(anya, "idea", reply_markup=KEYBOARD)
    (start,) = await bot.get_updates()
    tap = {"person": anya, "message_id": shown.message_id, "data": "ok:1"}
    async with asyncio.TaskGroup() as tasks:
        pressed = tasks.create_task(page.post(f"/chats/{anya}/press", json=tap))
        (update,) = await bot.get_updates(offset=start.update_id + 1, timeout=10)
        assert update.callback_query is not None
        await bot.answer_callback_query(update.callback_query.id, text="Утверждено", show_alert=True)
    assert pressed.result().json() == {"text": "Утверждено", "show_alert": True, "url": None}


async def test_an_unanswered_press_ends_in_504(
    page: httpx.AsyncClient, cast: DemoCast, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.emulators.telegram.demo_api.PRESS_TIMEOUT", 0.01)
    await cast.copywriter.starts()
    shown = await bot.send_message(cast.copywriter.id, "idea", reply_markup=KEYBOARD)
    tap = {"person": cast.copywriter.id, "message_id": shown.message_id, "data": "ok:1"}
    assert (await page.post(f"/chats/{cast.copywriter.id}/press", json=tap)).status_code == 504


async def test_drafts_are_listed_and_stopped(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    anya = cast.copywriter.id
    await cast.copywriter.starts()
    await bot.send_message_draft(anya, 5, text="пишу", can_stop=True)
    messages = (await page.get(f"/chats/{anya}/messages", params={"person": anya})).json()
    assert (messages[-1]["draft"], messages[-1]["draft_id"], messages[-1]["can_stop"]) == (True, 5, True)
    assert (await page.post(f"/chats/{anya}/stop", json={"person": anya, "draft_id": 5})).json() == {"stopped": True}
    assert (await page.post(f"/chats/{anya}/stop", json={"person": anya, "draft_id": 5})).status_code == 404
    updates = await bot.get_updates()
    assert updates[-1].stopped_message_generation is not None


async def test_doors_that_stay_shut(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    guest, anya, lev = cast.stranger.id, cast.copywriter.id, cast.art_director.id
    only_lev = EphemeralMessageParameters(receiver_user_id=lev)
    await bot.send_message(cast.team.id, "for Lev", ephemeral_message_parameters=only_lev, reply_markup=KEYBOARD)
    path = f"/chats/{cast.team.id}"
    assert (await page.get("/state", params={"person": 1})).status_code == 404
    assert (await page.get(f"{path}/messages", params={"person": guest})).status_code == 403
    assert (await page.get(f"/chats/{anya}/messages", params={"person": lev})).status_code == 403
    assert (await page.get("/chats/77/messages", params={"person": lev})).status_code == 404
    assert (await page.get("/files/nothing")).status_code == 404
    assert (await page.get(f"{path}/messages", params={"person": anya})).json() == []
    assert len((await page.get(f"{path}/messages", params={"person": lev})).json()) == 1
    tap = {"person": anya, "message_id": 1, "data": "ok:1", "ephemeral": True}
    assert (await page.post(f"{path}/press", json=tap)).status_code == 404
    assert (await page.post(f"{path}/messages", json={"person": anya, "text": "  "})).status_code == 400


async def test_newcomers(page: httpx.AsyncClient, cast: DemoCast) -> None:
    person = (await page.post("/people", json={"first_name": "Оля", "language": "ru"})).json()
    said = await page.post(f"/chats/{person['id']}/messages", json={"person": person["id"], "text": "/start"})
    assert said.status_code == 201


@asynccontextmanager
async def events(
    page: httpx.AsyncClient, person_id: int
) -> AsyncIterator[asyncio.Queue[tuple[str, dict[str, object]]]]:
    """Server-sent events of one person, as they come; entered when the stream is open."""
    queue: asyncio.Queue[tuple[str, dict[str, object]]] = asyncio.Queue()
    opened = asyncio.Event()

    async def listen() -> None:
        async with page.stream("GET", "/events", params={"person": person_id}, timeout=10) as stream:
            kind = ""
            async for line in stream.aiter_lines():
                opened.set()
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    queue.put_nowait((kind, json.loads(line.removeprefix("data: "))))

    async with asyncio.TaskGroup() as tasks:
        listener = tasks.create_task(listen())
        await opened.wait()
        yield queue
        listener.cancel()


async def test_live_events(page: httpx.AsyncClient, cast: DemoCast, bot: Bot, emulator: TelegramEmulator) -> None:
    anya = cast.copywriter
    await anya.starts()
    async with events(page, anya.id) as stream:
        shown = await bot.send_message(anya.id, "пишу…", reply_markup=KEYBOARD)
        await bot.edit_message_text("идея", chat_id=anya.id, message_id=shown.message_id)
        await bot.send_chat_action(anya.id, "typing")
        await bot.send_message_draft(anya.id, 9, text="ещё")
        tap = anya.forges(shown, "ok:1")
        await bot.answer_callback_query(tap.id, text="готово")
        await bot.send_message(anya.id, "финал")
        await bot.delete_message(anya.id, shown.message_id)
        (first, *_) = await bot.get_updates()
        await bot.get_updates(offset=first.update_id + 1)
        kinds = ["message", "edit", "typing", "draft", "callback_answer", "message", "draft_gone", "delete", "read"]
        received = [await asyncio.wait_for(stream.get(), 5) for _ in kinds]
    assert [kind for kind, _ in received] == kinds
    by_kind = dict(received)
    assert by_kind["edit"]["message"]["text"] == "идея"  # type: ignore[index]
    assert by_kind["draft"]["draft"]["text"] == "ещё"  # type: ignore[index]
    assert by_kind["callback_answer"]["text"] == "готово"
    assert by_kind["typing"]["action"] == "typing"
    assert by_kind["read"]["message_id"] == 1


async def test_events_of_others_are_not_told(page: httpx.AsyncClient, cast: DemoCast, bot: Bot) -> None:
    await cast.copywriter.starts()
    async with events(page, cast.art_director.id) as stream:
        await bot.send_message(cast.copywriter.id, "private")
        await bot.send_message(
            cast.team.id,
            "secret",
            ephemeral_message_parameters=EphemeralMessageParameters(receiver_user_id=cast.producer.id),
        )
        await bot.send_message(cast.team.id, "for all")
        kind, data = await asyncio.wait_for(stream.get(), 5)
    assert kind == "message"
    assert data["message"]["text"] == "for all"  # type: ignore[index]
