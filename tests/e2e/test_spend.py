"""/spend in the whole house: real calls in the ledger, a picture drawn by a child process, its buttons, the file.
The digest comes by itself."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from aiogram.types import Message

from bot.job_lease import JobLease
from bot.periodic_actions import build_periodic_work
from services.domain.digest import DigestCadence, latest
from services.domain.usage import CallContext
from services.queue.ports import JobName
from tests.contract.test_store_spending import called, report
from tests.e2e.house import House, buttons, is_card, open_house


def content_of(house: House, file_id: str) -> bytes:
    return house.telegram.state.files.get(file_id).data


def is_chart(message: Message) -> bool:
    return bool(message.photo)


async def tell_of_last_week(house: House) -> None:
    plan, store = house.settings.digest, house.container.store
    week = latest(DigestCadence.WEEKLY, plan, datetime.now(UTC))
    assert week is not None
    await called(store, CallContext("idea"), report(4_000_000), day=week.last)
    periodic = build_periodic_work(house.container, JobLease(store))
    for _ in range(2):
        await periodic.run(JobName.SEND_DIGEST)


async def test_what_was_spent_is_seen_turned_over_and_taken_home(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
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

        await tell_of_last_week(house)
        digest = await house.admin.sees(lambda m: "за неделю" in (m.caption or ""), after=asked, timeout=30)
        assert digest.photo
        assert content_of(house, digest.photo[-1].file_id).startswith(b"\x89PNG")
        assert "4,00\u00a0$" in (digest.caption or "")
        await house.admin.presses(digest, "🔔", timeout=30)
        await house.admin.sees(
            lambda m: m.message_id == digest.message_id and "🔔 Сводка: каждый день" in buttons(m), timeout=30
        )
        await house.admin.presses(digest, "👥", timeout=30)
        opened = await house.admin.sees(lambda m: is_chart(m) and "• Люди" in buttons(m), after=digest, timeout=30)
        assert "🔔 Сводка: каждый день" in buttons(opened)


async def test_a_member_sees_only_their_own(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.approver.says("/idea a slogan for autumn")
        await house.approver.sees(is_card, after=brief, timeout=30)
        asked = await house.writer.says("/spend")
        chart = await house.writer.sees(is_chart, after=asked, timeout=30)
        assert chart.caption == "Ваши расходы · 30 дней\nЗа это время модели ни разу не вызывали."
        assert "Люди" not in str(buttons(chart))
