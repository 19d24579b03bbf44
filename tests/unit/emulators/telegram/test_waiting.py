"""What people see, and waiting for it."""

import asyncio

import pytest
from aiogram import Bot

from tests.emulators.telegram import Person, TelegramEmulator


async def test_a_person_sees_what_is_there_and_what_will_come(bot: Bot, anya: Person) -> None:
    await bot.send_message(anya.id, "already there")
    assert (await anya.sees("already")).message_id == 1
    async with asyncio.TaskGroup() as tasks:
        seeing = tasks.create_task(anya.sees(lambda message: message.message_id == 2))
        await asyncio.sleep(0)
        await bot.send_message(anya.id, "later")
    assert seeing.result().text == "later"


async def test_own_words_do_not_count(anya: Person) -> None:
    await anya.says("my own words")
    with pytest.raises(TimeoutError, match="does not see 'my own words'"):
        await anya.sees("my own words", timeout=0.01)


async def test_the_latest_change_wins_and_after_asks_for_news(bot: Bot, anya: Person) -> None:
    first = await bot.send_message(anya.id, "idea 1")
    second = await bot.send_message(anya.id, "idea 2")
    assert (await anya.sees("idea")).message_id == second.message_id
    with pytest.raises(TimeoutError, match="idea 2"):
        await anya.sees("idea", after=second, timeout=0.01)
    await bot.edit_message_text("idea 1, edited", chat_id=anya.id, message_id=first.message_id)
    assert (await anya.sees("idea", after=second)).message_id == first.message_id


async def test_people_see_only_their_chats(bot: Bot, emulator: TelegramEmulator, anya: Person, lev: Person) -> None:
    group = emulator.add_group("Team", [anya])
    await bot.send_message(group.id, "for the team")
    await anya.sees("for the team")
    with pytest.raises(TimeoutError):
        await lev.sees("for the team", timeout=0.01)
    with pytest.raises(TimeoutError):
        await anya.sees("for the team", chat=emulator.add_group("Other", [anya]), timeout=0.01)


async def test_people_edit_and_delete_only_their_own(bot: Bot, anya: Person) -> None:
    own = await anya.says("brief")
    shown = await bot.send_message(anya.id, "idea")
    with pytest.raises(ValueError, match="only their own"):
        await anya.edits(shown, "x")
    await anya.edits(own, "better brief")
    await anya.deletes(own)
    kinds = [update.event_type for update in await bot.get_updates()]
    assert kinds == ["message", "edited_message"]
    assert [message.text for message in anya.messages()] == ["idea"]
