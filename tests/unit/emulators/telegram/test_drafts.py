"""Streamed previews in private chats."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InputRichMessage

from tests.emulators.telegram import ManualClock, Person, TelegramEmulator, bot_for, running


async def test_a_draft_grows_and_gives_way_to_the_final(bot: Bot, anya: Person) -> None:
    assert await bot.send_message_draft(anya.id, 1, text="")
    assert (await anya.sees_draft(draft_id=1)).text == ""
    await bot.send_message_draft(anya.id, 1, text="<b>Вес</b>", parse_mode="HTML")
    await bot.send_message_draft(anya.id, 1, text="<b>Весна</b> близко", parse_mode="HTML")
    draft = await anya.sees_draft("Весна")
    assert [entity.type for entity in draft.content.entities] == ["bold"]
    await bot.send_message(anya.id, "Весна близко.")
    assert draft.gone
    with pytest.raises(TimeoutError):
        await anya.sees_draft("Весна", timeout=0.01)


async def test_rich_drafts_may_think(bot: Bot, anya: Person) -> None:
    thinking = InputRichMessage(html="<tg-thinking>Ищу в базе знаний…</tg-thinking>")
    assert await bot.send_rich_message_draft(anya.id, 7, rich_message=thinking)
    assert (await anya.sees_draft("Ищу")).id == 7
    await bot.send_rich_message_draft(anya.id, 7, rich_message=InputRichMessage(markdown="# Идея\n\nпервая"))
    assert (await anya.sees_draft("Идея")).rich_source is not None


async def test_where_drafts_are_refused(bot: Bot, emulator: TelegramEmulator, anya: Person) -> None:
    group = emulator.add_group("Team", [anya])
    with pytest.raises(TelegramBadRequest, match="only to private chats"):
        await bot.send_message_draft(group.id, 1, text="x")
    with pytest.raises(TelegramBadRequest, match="RANDOM_ID_INVALID"):
        await bot.send_message_draft(anya.id, 0, text="x")
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message_draft(anya.id, 1, text="x" * 4097)
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message_draft(anya.id, 1, text="<b>", parse_mode="HTML")


async def test_stop_is_reported_and_ends_the_draft(bot: Bot, anya: Person) -> None:
    await bot.send_message_draft(anya.id, 3, text="writing", can_stop=True)
    draft = await anya.sees_draft("writing")
    await anya.stops(draft)
    (update,) = await bot.get_updates()
    assert update.stopped_message_generation is not None
    assert (update.stopped_message_generation.draft_id, update.stopped_message_generation.chat.id) == (3, anya.id)
    assert draft.gone
    await bot.send_message_draft(anya.id, 3, text="writing on regardless", can_stop=True)
    with pytest.raises(TimeoutError):
        await anya.sees_draft("regardless", timeout=0.01)


async def test_stop_can_leave_the_draft_on_screen(bot: Bot, anya: Person) -> None:
    await bot.send_message_draft(anya.id, 3, text="kept", can_stop=True, keep_on_stop=True)
    await anya.stops(await anya.sees_draft("kept"))
    assert not (await anya.sees_draft("kept")).gone


async def test_not_every_draft_can_be_stopped(bot: Bot, anya: Person) -> None:
    await bot.send_message_draft(anya.id, 3, text="no button")
    with pytest.raises(ValueError, match="cannot be stopped"):
        await anya.stops(await anya.sees_draft("no button"))


async def test_an_expired_draft_leaves_the_screen_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.emulators.telegram.drafts.WATCH_SECONDS", 0.01)
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya = emulator.add_person("Аня")
    async with running(emulator) as server:
        bot = bot_for(server)
        await bot.send_message_draft(anya.id, 1, text="one")
        clock.advance(31)
        with emulator.state.events.subscribe() as events:
            event = await asyncio.wait_for(events.get(), 10)
        assert event is not None
        assert (event.kind, event.person_id) == ("draft_gone", anya.id)
        await bot.session.close()


async def test_a_draft_lives_for_thirty_seconds() -> None:
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya = emulator.add_person("Аня")
    async with running(emulator) as server:
        bot = bot_for(server)
        await bot.send_message_draft(anya.id, 1, text="one")
        clock.advance(29)
        await bot.send_message_draft(anya.id, 1, text="two")
        clock.advance(29)
        draft = await anya.sees_draft("two")
        clock.advance(2)
        with pytest.raises(TimeoutError):
            await anya.sees_draft("two", timeout=0.01)
        assert draft.gone
        await bot.session.close()
