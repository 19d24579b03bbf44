"""The kill switch, through the eyes of the people: what is being written stops, stays, and runs again later."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiogram.types import Message

from services.assistant.halts.watch_halts import LOOK_EVERY_SECONDS
from tests.e2e.house import House, buttons, is_card, open_house
from tests.emulators.telegram.waiting import text_of

GENEROUS_SECONDS = 10.0
"""The promise is two seconds; a test machine may be busy."""


async def growing_draft(house: House) -> Message:
    house.model.settings.tokens_per_second = 15
    await house.writer.says("/idea слоган для осени")
    return await house.writer.sees(lambda m: "Остановить" in str(buttons(m)) and len(text_of(m)) > 40, timeout=20)


async def test_kill_stops_a_running_stream_and_lifting_lets_it_run_again(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        growing = await growing_draft(house)
        await house.admin.says("/kill on")
        asked = await house.admin.sees("Приостановить всю генерацию?")
        await house.admin.presses(asked, "Приостановить")
        halted = await house.writer.sees("Администратор приостановил генерацию", after=growing)
        assert "Повторить" in str(buttons(halted))
        assert len(text_of(halted)) > 40, "what was written is kept"
        (call,) = house.model.meter.of("chat")
        assert call.outcome == "abandoned"
        refused = await house.writer.presses(halted, "Повторить")
        assert "приостановил генерацию" in (refused.text or "")
        assert len(house.model.meter.of("chat")) == 1
        await house.admin.says("/status")
        await house.admin.sees("Генерация приостановлена везде")
        await house.admin.says("/kill off")
        lift = await house.admin.sees("Включить генерацию снова?")
        await house.admin.presses(lift, "Включить")
        house.model.settings.tokens_per_second = None
        await house.writer.presses(halted, "Повторить")
        card = await house.writer.sees(is_card, timeout=20)
        assert card.message_id == growing.message_id


async def test_an_order_given_in_another_process_is_found(tmp_path: Path, valkey_url: str) -> None:
    assert LOOK_EVERY_SECONDS <= 1
    async with open_house(tmp_path, valkey_url) as house:
        await growing_draft(house)
        async with house.container.store.transaction() as tx:
            await tx.halts.halt(0, None, datetime.now(UTC))
        await house.writer.sees("Администратор приостановил генерацию", timeout=GENEROUS_SECONDS)
        (call,) = house.model.meter.of("chat")
        assert call.outcome == "abandoned"


@pytest.mark.parametrize("order", ["/kill on", "/budget 500$ месяц"])
async def test_people_who_are_no_admins_are_refused(tmp_path: Path, valkey_url: str, order: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        await house.writer.says(order)
        await house.writer.sees("администратор")
