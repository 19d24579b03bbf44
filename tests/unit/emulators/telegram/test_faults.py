"""Trouble on demand, as a bot meets it."""

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
)

from tests.emulators.telegram import Fault, Person, RunningServer, TelegramEmulator


async def test_retry_after(bot: Bot, emulator: TelegramEmulator, anya: Person) -> None:
    emulator.faults.add(Fault("too_many_requests", method="send*", retry_after=17))
    with pytest.raises(TelegramRetryAfter) as refusal:
        await bot.send_message(anya.id, "x")
    assert refusal.value.retry_after == 17
    assert (await bot.send_message(anya.id, "x")).message_id == 1


async def test_restart_and_bad_gateway(
    bot: Bot, emulator: TelegramEmulator, server: RunningServer, anya: Person
) -> None:
    emulator.faults.add(Fault("server_error", method="sendMessage"))
    with pytest.raises(RestartingTelegram):
        await bot.send_message(anya.id, "x")
    emulator.faults.add(Fault("bad_gateway", method="sendMessage", times=2))
    with pytest.raises(ClientDecodeError):
        await bot.send_message(anya.id, "x")
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{server.base_url}/bot{emulator.token}/sendMessage", json={"chat_id": anya.id, "text": "x"}
        )
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert anya.messages() == []


async def test_a_dropped_call_leaves_nothing_behind(bot: Bot, emulator: TelegramEmulator, anya: Person) -> None:
    emulator.faults.add(Fault("dropped", method="sendMessage"))
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anya.id, "x")
    assert anya.messages() == []
    assert [(call.status, call.description) for call in emulator.journal] == [(0, "dropped")]


async def test_a_lost_answer_hides_that_the_message_is_there(
    bot: Bot, emulator: TelegramEmulator, anya: Person
) -> None:
    emulator.faults.add(Fault("lost_answer", method="sendMessage"))
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anya.id, "delivered all the same")
    assert (await anya.sees("delivered")).message_id == 1
    emulator.faults.add(Fault("lost_answer", method="editMessageText"))
    with pytest.raises(TelegramNetworkError):
        await bot.edit_message_text("changed", chat_id=anya.id, message_id=1)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("changed", chat_id=anya.id, message_id=1)


async def test_a_delay_passes_on_the_emulators_clock(bot: Bot, emulator: TelegramEmulator, anya: Person) -> None:
    emulator.faults.add(Fault("delay", method="sendMessage", seconds=0.05))
    before = emulator.clock.now()
    await bot.send_message(anya.id, "late")
    assert emulator.clock.now() - before >= 0.05


async def test_faults_choose_their_victims(bot: Bot, emulator: TelegramEmulator, anya: Person, lev: Person) -> None:
    emulator.faults.add(Fault("server_error", method="sendMessage", chat_id=lev.id, skip=1))
    await bot.send_message(anya.id, "not the chat")
    await bot.send_message(lev.id, "skipped")
    with pytest.raises(RestartingTelegram):
        await bot.send_message(lev.id, "struck")
    await bot.send_message(lev.id, "over")


def test_chance_is_seeded() -> None:
    def strikes(seed: int) -> list[bool]:
        plan = TelegramEmulator(seed=seed).faults
        plan.add(Fault("server_error", times=None, probability=0.3))
        return [plan.strike("sendMessage", 1) is not None for _ in range(200)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 30 < strikes(1).count(True) < 90


async def test_penalties_are_drawn_from_a_range_and_calls_before_their_end_are_found(
    bot: Bot, emulator: TelegramEmulator, anya: Person, lev: Person
) -> None:
    emulator.faults.add(Fault("too_many_requests", times=20, chat_id=anya.id, retry_after=(1, 60)))
    penalties = []
    for _ in range(20):
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(anya.id, "again")
        penalties.append(refused.value.retry_after)
    await bot.send_message(lev.id, "another chat")
    assert min(penalties) >= 1
    assert max(penalties) <= 60
    assert len(set(penalties)) > 5
    early = emulator.journal.called_before_their_time()
    assert [call.chat_id for call in early] == [anya.id] * 19
    assert [call.retry_after for call in emulator.journal.calls(chat_id=anya.id)] == penalties
    assert {call.fault for call in early} == {"too_many_requests"}
