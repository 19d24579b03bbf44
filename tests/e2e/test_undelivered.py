"""A message whose answer was lost: not sent again, shown to the admins, sent again when one of them says so."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from services.assistant.report_undelivered import ReportUndelivered
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from tests.e2e.house import House, buttons, open_house
from tests.emulators.telegram.faults import Fault


class AMinuteLater:
    """Bursts are reported when they are over."""

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(minutes=1)


async def settled(house: House, state: DeliveryState) -> None:
    """Waits until the one delivery of the test is in `state`."""
    async with asyncio.timeout(20):
        while True:
            async with house.container.store.reading() as tx:
                if (await tx.deliveries.counts())[state]:
                    return
            await asyncio.sleep(0.05)


async def test_an_uncertain_message_is_an_admins_to_decide(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        for person in (house.admin, house.writer):
            await person.sees("/idea", after=await person.starts(), timeout=20)
        store = house.container.store
        house.telegram.faults.add(Fault("lost_answer", "sendMessage", chat_id=house.writer.id))
        async with store.transaction() as tx:
            address = ChatAddress(house.writer.id)
            await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, address, "welcome"))
        first = await house.writer.sees("Добро пожаловать", timeout=20)
        await settled(house, DeliveryState.UNCERTAIN)
        assert await ReportUndelivered(store, AMinuteLater())() == 1
        alert = await house.admin.sees("📭", timeout=20)
        assert "Доступ открыт → Аня Кравцова" in (alert.text or "")
        assert any("Всё равно отправить" in label for label in buttons(alert))
        await house.admin.presses(alert, "Всё равно отправить")
        await house.writer.sees("Добро пожаловать", after=first, timeout=20)
        await house.admin.sees("Всё дошло", timeout=20)
        status = await house.admin.says("/status")
        shown = await house.admin.sees("Муза", after=status, timeout=20)
        assert not buttons(shown)
