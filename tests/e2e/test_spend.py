"""/spend in the whole house: real calls in the ledger, a picture drawn by a child process, its buttons, the file."""

import csv
import io
from pathlib import Path

from aiogram.types import Message

from tests.e2e.house import House, buttons, is_card, open_house


def content_of(house: House, file_id: str) -> bytes:
    return house.telegram.state.files.get(file_id).data


def is_chart(message: Message) -> bool:
    return bool(message.photo)


async def test_what_was_spent_is_seen_turned_over_and_taken_home(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.writer.says("/idea слоган для осени")
        await house.writer.sees(is_card, after=brief, timeout=30)

        asked = await house.admin.says("/spend")
        chart = await house.admin.sees(is_chart, after=asked, timeout=30)
        assert chart.photo
        assert content_of(house, chart.photo[-1].file_id).startswith(b"\x89PNG")
        assert "Расходы команды · 30 дней" in (chart.caption or "")
        assert "идеи" in (chart.caption or ""), "the brief is among the dearest requests"

        await house.admin.presses(chart, "Люди", timeout=30)
        people = await house.admin.sees(lambda m: is_chart(m) and "• Люди" in buttons(m), timeout=30)
        assert people.message_id == chart.message_id
        assert "Кравцова" in (people.caption or "")
        assert people.photo
        assert people.photo[-1].file_id != chart.photo[-1].file_id

        await house.admin.presses(people, "7 дней", timeout=30)
        week = await house.admin.sees(lambda m: is_chart(m) and "• 7 дней" in buttons(m), timeout=30)
        await house.admin.presses(week, "CSV", timeout=30)
        file = await house.admin.sees(lambda m: m.document is not None, timeout=30)
        assert file.document is not None
        rows = list(csv.DictReader(io.StringIO(content_of(house, file.document.file_id).decode("utf-8-sig"))))
        async with house.container.store.reading() as tx:
            totals = await tx.spending.totals()
        assert sum(int(row["calls"]) for row in rows) == totals.calls > 0
        assert round(sum(float(row["cost_usd"]) for row in rows) * 1_000_000) == totals.cost_microusd > 0


async def test_a_member_sees_only_their_own(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.approver.says("/idea a slogan for autumn")
        await house.approver.sees(is_card, after=brief, timeout=30)
        asked = await house.writer.says("/spend")
        chart = await house.writer.sees(is_chart, after=asked, timeout=30)
        assert chart.caption == "Ваши расходы · 30 дней\nЗа это время модели ни разу не вызывали."
        assert "Люди" not in str(buttons(chart))
