"""One person's flood through the whole bot: what is written, what waits, what is kept for later."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import Message

from tests.e2e.house import buttons, is_card, open_house
from tests.emulators.openai.stream import Pace
from tests.emulators.telegram.waiting import text_of


def is_answer(message: Message) -> bool:
    return any("вариант" in label for label in buttons(message))


async def test_a_hasty_person_is_told_to_wait_and_loses_nothing(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write = threading.Event()

    async def wait(pace: Pace, started: float, tokens: int) -> None:
        while not may_write.is_set():  # noqa: ASYNC110 - set in another thread
            await asyncio.sleep(0.01)

    monkeypatch.setattr(Pace, "wait", wait)
    limits: dict[str, Any] = {"requests_per_minute": 2, "generations_per_person": 1}
    async with open_house(tmp_path, valkey_url, **limits) as house:
        writer = house.writer
        await writer.says("/idea слоган для осени")
        await writer.says("/ask какой у нас голос?")
        told = await writer.sees("Сейчас пишу 1 ваш запрос", timeout=20)
        await writer.says("/idea слоган для зимы")
        kept = await writer.sees("Запрос сохранён", timeout=20)
        assert "Не так быстро" in text_of(kept)
        answer = await writer.presses(kept, "Запустить")
        assert "Не так быстро" in (answer.text or "")
        await house.admin.says("/idea слоган для весны")
        may_write.set()
        await house.admin.sees(is_card, timeout=20)
        await writer.sees(is_card, timeout=20)
        async with asyncio.timeout(20):
            while not is_answer(told):
                await asyncio.sleep(0.05)
                told = next(one for one in writer.messages() if one.message_id == told.message_id)
        assert len(house.model.meter.of("chat")) == 3, "what came too soon was not asked for"
