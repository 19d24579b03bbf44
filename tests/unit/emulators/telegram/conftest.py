from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from tests.emulators.telegram import Person, RunningServer, TelegramEmulator, bot_for, running


@pytest.fixture
def emulator() -> TelegramEmulator:
    return TelegramEmulator(seed=1)


@pytest.fixture
async def server(emulator: TelegramEmulator) -> AsyncIterator[RunningServer]:
    async with running(emulator) as server:
        yield server


@pytest.fixture
async def bot(server: RunningServer) -> AsyncIterator[Bot]:
    bot = bot_for(server)
    yield bot
    await bot.session.close()


@pytest.fixture
def anya(emulator: TelegramEmulator) -> Person:
    return emulator.add_person("Аня", "Кравцова", username="anya_k", language_code="ru")


@pytest.fixture
def lev(emulator: TelegramEmulator) -> Person:
    return emulator.add_person("Lev", username="lev_o", language_code="en")
