"""Budgets through the whole bot: what is refused, what it costs, and how it goes on."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.domain.budget import EVERY_ONE, Account, Budget, BudgetKey, BudgetPeriod, BudgetScope
from tests.e2e.house import House, buttons, cast, is_card, open_house
from tests.emulators.openai.stream import Pace
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of

TEAM_MONTH = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)
PERSON_DAY = BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.DAY)
INPUT, OUTPUT = 2, 8
"""Micro-dollars a token of the model that writes, by the emulator's prices."""
SMART: dict[str, Any] = {"model_roles": "idea:smart"}
"""That model writes all of them."""
REFUSED = "не покрывает"


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is not set, the provider has the requests and says nothing. It runs in a thread of its own."""
    may_write = threading.Event()
    may_write.set()

    async def wait(pace: Pace, started: float, tokens: int) -> None:
        while not may_write.is_set():  # noqa: ASYNC110 - set in another thread
            await asyncio.sleep(0.01)

    monkeypatch.setattr(Pace, "wait", wait)
    yield may_write
    may_write.set()


async def account(house: House, key: BudgetKey = TEAM_MONTH) -> Account:
    async with house.container.store.reading() as tx:
        return await tx.budgets.account(key, datetime.now(UTC).date())


async def limit(house: House, microusd: int) -> None:
    async with house.container.store.transaction() as tx:
        decider = await tx.members.by_telegram_id(house.approver.id)
        assert decider is not None
        await tx.budgets.set(Budget(TEAM_MONTH, microusd), decider.id, datetime.now(UTC).date())


def billed(house: House) -> int:
    return sum(INPUT * call.tokens_in + OUTPUT * call.tokens_out for call in house.model.meter.of("chat"))


def is_refused(person: Person) -> bool:
    return any(REFUSED in text_of(message) for message in person.messages())


async def what_one_may_cost(house: House, writing: threading.Event) -> int:
    """What is reserved for it. The admin's first request, which ends in a card."""
    writing.clear()
    await house.admin.says("/idea слоган для осени")
    async with asyncio.timeout(20):
        while not house.model.meter.of("chat"):  # noqa: ASYNC110 - the meter tells, no event does
            await asyncio.sleep(0.01)
    most = (await account(house)).reserved_microusd
    writing.set()
    await house.admin.sees(is_card, timeout=20)
    return most


async def test_of_fifty_at_once_with_money_for_three_three_are_written(
    tmp_path: Path, valkey_url: str, writing: threading.Event
) -> None:
    telegram = TelegramEmulator(seed=1)
    people = cast(telegram)
    crowd = [telegram.add_person(f"Гость {n}", language_code="ru", user_id=8000 + n) for n in range(50)]
    async with open_house(tmp_path, valkey_url, telegram=telegram, people=people, members=crowd, **SMART) as house:
        most = await what_one_may_cost(house, writing)
        before = await account(house)
        await limit(house, before.spent_microusd + 3 * most + most // 2)
        writing.clear()
        await asyncio.gather(*(person.says(f"/idea слоган для осени, {n + 100}") for n, person in enumerate(crowd)))
        async with asyncio.timeout(90):
            while sum(map(is_refused, crowd)) < 47:  # noqa: ASYNC110 - screens tell, no event does
                await asyncio.sleep(0.05)
        served = [person for person in crowd if not is_refused(person)]
        held = await account(house)
        assert (len(served), len(house.model.meter.of("chat"))) == (3, 1 + 3)
        assert 2 * most < held.reserved_microusd <= (held.left_microusd or 0) + held.reserved_microusd
        writing.set()
        await asyncio.gather(*(person.sees(is_card, timeout=30) for person in served))
        after = await account(house)
        assert (after.spent_microusd, after.reserved_microusd) == (billed(house), 0)
        assert after.spent_microusd <= (after.limit_microusd or 0)


async def test_what_was_refused_runs_at_a_tap_when_there_is_money(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True, **SMART) as house:
        await house.admin.says("/start")
        await house.admin.sees("")
        await limit(house, 5)
        await house.writer.says("/idea слоган для осени")
        refused = await house.writer.sees(REFUSED, timeout=20)
        assert "Бюджет команды на этот месяц" in text_of(refused)
        assert "Запрос сохранён" in text_of(refused)
        told = await house.admin.sees("На следующий запрос не хватило", timeout=20)
        assert len(buttons(told)) == 3
        assert house.model.meter.of("chat") == []
        await limit(house, 5_000_000)
        await house.writer.presses(refused, "Повторить")
        card = await house.writer.sees(is_card, after=refused, timeout=20)
        assert card.message_id == refused.message_id
        assert (await account(house)).spent_microusd == billed(house)


async def test_a_team_that_configures_nothing_has_caps(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        assert (await account(house)).limit_microusd == 50_000_000
        assert (await account(house, PERSON_DAY)).limit_microusd == 5_000_000
