"""Updates by long polling, with a real aiogram dispatcher and by hand."""

import asyncio

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.exceptions import TelegramConflictError
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from tests.emulators.telegram import ManualClock, Person, TelegramEmulator, bot_for, running

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="✅ Approve", callback_data="approve", style="success")]]
)


def echo_dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()

    @dispatcher.message(F.text)
    async def echo(message: Message) -> None:
        await message.answer(f"echo: {message.text}", reply_markup=KEYBOARD)

    @dispatcher.edited_message()
    async def edited(message: Message) -> None:
        await message.answer(f"edited: {message.text}")

    @dispatcher.callback_query()
    async def approve(query: CallbackQuery) -> None:
        await query.answer("Approved", show_alert=True)
        assert isinstance(query.message, Message)
        await query.message.edit_text("final")

    return dispatcher


async def test_a_conversation_through_aiogram_polling(bot: Bot, anya: Person, emulator: TelegramEmulator) -> None:
    dispatcher = echo_dispatcher()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dispatcher.start_polling(bot, handle_signals=False))
        own = await anya.says("/idea spring")
        echoed = await anya.sees("echo: /idea spring")
        answer = await anya.presses(echoed, "Approve")
        assert (answer.text, answer.show_alert) == ("Approved", True)
        final = await anya.sees("final", after=echoed)
        assert final.message_id == echoed.message_id
        assert final.reply_markup is None
        await anya.edits(own, "/idea autumn")
        await anya.sees("edited: /idea autumn")
        await dispatcher.stop_polling()
    assert len(emulator.chat(anya.id).messages[final.message_id].history) == 1


async def test_updates_stay_until_a_higher_offset(bot: Bot, anya: Person) -> None:
    for number in range(5):
        await anya.says(f"message {number}")
    first = await bot.get_updates(limit=2)
    again = await bot.get_updates(limit=100)
    assert [update.update_id for update in again[:2]] == [update.update_id for update in first]
    assert [update.update_id for update in again] == list(range(again[0].update_id, again[0].update_id + 5))
    rest = await bot.get_updates(offset=again[2].update_id)
    assert [update.message.text for update in rest if update.message] == ["message 2", "message 3", "message 4"]
    last = await bot.get_updates(offset=-1)
    assert [update.update_id for update in last] == [again[4].update_id]
    assert await bot.get_updates(offset=again[4].update_id + 1) == []
    assert await bot.get_updates() == []


async def test_a_long_poll_ends_when_something_arrives(bot: Bot, anya: Person) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0)
        await anya.says("wake up")
    assert [update.message.text for update in poll.result() if update.message] == ["wake up"]


async def test_the_older_of_two_pollers_gets_409(bot: Bot, emulator: TelegramEmulator, anya: Person) -> None:
    async with asyncio.TaskGroup() as tasks:
        older = tasks.create_task(_outcome(bot))
        async with asyncio.timeout(10):
            await emulator.polling.waiting()
        newer = tasks.create_task(bot.get_updates(timeout=30))
        await older
        await anya.says("for the newer one")
    assert "terminated by other getUpdates request" in older.result()
    assert len(newer.result()) == 1


async def _outcome(bot: Bot) -> str:
    with pytest.raises(TelegramConflictError) as refusal:
        await bot.get_updates(timeout=30)
    return refusal.value.message


async def test_polling_is_refused_while_a_webhook_is_set(bot: Bot) -> None:
    await bot.set_webhook("https://example.com/hook")
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_only_allowed_updates_are_queued(bot: Bot, anya: Person) -> None:
    await bot.get_updates(allowed_updates=["edited_message"])
    message = await anya.says("not wanted")
    await anya.edits(message, "wanted")
    kinds = [update.event_type for update in await bot.get_updates()]
    assert kinds == ["edited_message"]


async def test_reactions_come_only_on_request(bot: Bot, anya: Person) -> None:
    shown = await bot.send_message(anya.id, "an idea")
    await anya.reacts(shown, "👍")
    assert await bot.get_updates(allowed_updates=["message", "message_reaction"]) == []
    await anya.reacts(shown, "🔥")
    (update,) = await bot.get_updates()
    assert update.message_reaction is not None
    assert [reaction.emoji for reaction in update.message_reaction.new_reaction] == ["🔥"]  # type: ignore[union-attr]
    assert [reaction.emoji for reaction in update.message_reaction.old_reaction] == ["👍"]  # type: ignore[union-attr]


async def test_a_tap_expires_long_before_a_message() -> None:
    clock = ManualClock()
    emulator = TelegramEmulator(clock=clock)
    anya = emulator.add_person("Аня")
    async with running(emulator) as server:
        bot = bot_for(server)
        shown = await bot.send_message(anya.id, "idea", reply_markup=KEYBOARD)
        await anya.says("a message")
        anya.taps(shown, "Approve")
        clock.advance(149)
        assert len(await bot.get_updates()) == 2
        clock.advance(2)
        assert [update.event_type for update in await bot.get_updates()] == ["message"]
        clock.advance(86_400)
        assert await bot.get_updates() == []
        await bot.session.close()


def test_update_ids_start_anywhere() -> None:
    starts = set()
    for seed in range(5):
        emulator = TelegramEmulator(seed=seed)
        starts.add(emulator.updates._next_id)
    assert len(starts) == 5
