"""Flood limits, by a clock that stands still unless it is moved."""

import pytest
from aiogram.exceptions import TelegramRetryAfter
from hypothesis import given
from hypothesis import strategies as st

from tests.emulators.telegram import Limits, ManualClock, TelegramEmulator, bot_for, running
from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.limits import LimitKeeper


def admitted(keeper: LimitKeeper, method: str, chat_id: int) -> bool:
    try:
        keeper.admit(method, chat_id)
    except ApiError as refusal:
        return refusal.code != 429
    return True


def test_a_private_chat_takes_a_short_burst() -> None:
    clock = ManualClock()
    keeper = LimitKeeper(clock, Limits(mode="strict"))
    assert [admitted(keeper, "sendMessage", 5) for _ in range(4)] == [True, True, True, False]
    assert admitted(keeper, "sendMessage", 6)
    clock.advance(2.9)
    assert not admitted(keeper, "sendMessage", 5)
    clock.advance(0.2)
    assert admitted(keeper, "sendMessage", 5)


def test_all_chats_together_take_thirty_a_second() -> None:
    clock = ManualClock()
    keeper = LimitKeeper(clock, Limits(mode="strict"))
    assert [admitted(keeper, "sendMessage", chat) for chat in range(1, 32)].count(True) == 30
    clock.advance(1.01)
    assert admitted(keeper, "sendMessage", 99)


def test_edits_count_in_a_group_and_answers_do_not() -> None:
    clock = ManualClock()
    keeper = LimitKeeper(clock, Limits(mode="strict"))
    methods = ["sendMessage", "editMessageText"] * 10
    assert all(admitted(keeper, method, -7) for method in methods)
    assert not admitted(keeper, "editMessageText", -7)
    assert all(
        admitted(keeper, method, -7) for method in ("answerCallbackQuery", "deleteMessage", "sendChatAction", "getChat")
    )
    clock.advance(60.1)
    assert admitted(keeper, "editMessageText", -7)


def test_drafts_are_counted_apart() -> None:
    keeper = LimitKeeper(ManualClock(), Limits(mode="strict", draft_burst=4))
    assert [admitted(keeper, "sendMessageDraft", 5) for _ in range(5)].count(True) == 4
    assert admitted(keeper, "sendMessage", 5)


def test_an_album_counts_as_its_pictures() -> None:
    keeper = LimitKeeper(ManualClock(), Limits(mode="strict"))
    keeper.admit("sendMediaGroup", -7, 10)
    keeper.admit("sendMediaGroup", -7, 10)
    assert not admitted(keeper, "sendMessage", -7)


def test_a_breach_shuts_the_chat_until_retry_after() -> None:
    clock = ManualClock()
    keeper = LimitKeeper(clock, Limits(mode="strict", penalty_seconds=30))
    for _ in range(3):
        keeper.admit("sendMessage", 5)
    with pytest.raises(ApiError, match="Too Many Requests: retry after 30"):
        keeper.admit("sendMessage", 5)
    clock.advance(29)
    with pytest.raises(ApiError, match="retry after 1"):
        keeper.admit("sendMessage", 5)
    clock.advance(1.5)
    keeper.admit("sendMessage", 5)


def test_the_soft_mode_refills_evenly() -> None:
    clock = ManualClock()
    keeper = LimitKeeper(clock, Limits(mode="soft"))
    assert [admitted(keeper, "sendMessage", 5) for _ in range(4)].count(True) == 3
    clock.advance(1.01)
    assert [admitted(keeper, "sendMessage", 5) for _ in range(2)] == [True, False]


@given(st.lists(st.floats(0.0, 0.2), max_size=200))
def test_no_window_of_a_second_ever_has_more_than_thirty(pauses: list[float]) -> None:
    clock = ManualClock()
    keeper = LimitKeeper(clock, Limits(mode="strict"))
    passed: list[float] = []
    for number, pause in enumerate(pauses, start=1):
        clock.advance(pause)
        if admitted(keeper, "sendMessage", number):
            passed.append(clock.now())
    assert all(sum(start < stamp <= start + 1.0 for stamp in passed) <= 30 for start in passed)


async def test_a_refusal_as_the_bot_sees_it() -> None:
    emulator = TelegramEmulator(limits=Limits(mode="strict"), clock=ManualClock())
    anya = emulator.add_person("Аня")
    async with running(emulator) as server:
        bot = bot_for(server)
        for number in range(3):
            await bot.send_message(anya.id, str(number))
        with pytest.raises(TelegramRetryAfter) as refusal:
            await bot.send_message(anya.id, "too much")
        assert refusal.value.retry_after == 3
        assert len(anya.messages()) == 3
        assert [call.status for call in emulator.journal.calls("sendMessage")] == [200, 200, 200, 429]
        emulator.limits.configure(Limits())
        await bot.send_message(anya.id, "again")
        await bot.session.close()
