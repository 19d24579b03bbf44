"""An announcement goes on although the processes that carry it are killed."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bot.settings import Settings, child_environment
from services.domain.delivery import DeliveryState
from services.store.engine import open_engine
from services.store.tables import deliveries
from tests.e2e.house import House, buttons, open_house
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.waiting import text_of

ROOT = Path(__file__).parents[2]
PEOPLE = 90


@asynccontextmanager
async def delivery_worker(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    assert settings.telegram_bot_token is not None
    environment = {
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token.get_secret_value(),
        "TELEGRAM_API_BASE": settings.telegram_api_base,
        "DATA_DIR": str(settings.data_dir),
        "REDIS_URL": settings.redis_url or "",
        "EMBEDDING_MODEL": "none",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "worker", "--queue", "delivery",
        cwd=ROOT,
        env=child_environment(environment),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def half_a_minute_later(house: House) -> None:
    """The time after which a silent sender counts as dead has passed for what it had in hand."""
    engine = open_engine(house.settings.sql_url)
    async with engine.begin() as connection:
        sending = deliveries.select().where(deliveries.c.state == DeliveryState.SENDING)
        in_hand = (await connection.execute(sending)).all()
        for row in in_hand:
            earlier = row.claimed_at - timedelta(seconds=31)
            await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(claimed_at=earlier))
    await engine.dispose()


async def test_a_worker_killed_in_the_middle_costs_nobody_the_news(tmp_path: Path, valkey_url: str) -> None:
    telegram = TelegramEmulator(seed=1)
    crowd = [telegram.add_person(f"Person {n}", language_code="en", user_id=8000 + n) for n in range(PEOPLE)]

    def received() -> Counter[int]:
        return Counter(call.chat_id for call in telegram.journal.calls("copyMessage", status=200) if call.chat_id)

    async with open_house(tmp_path, valkey_url, telegram=telegram, members=crowd) as house:
        asked = await house.admin.says("/broadcast Завтра выходной")
        question = await house.admin.sees(lambda m: any("📣" in label for label in buttons(m)), after=asked)
        async with delivery_worker(house.settings) as first:
            await house.admin.presses(question, "Отправить")
            await crowd[25].sees("Завтра выходной", timeout=60)
            first.kill()
            await first.wait()
        before = received()
        assert 20 < len(before) < PEOPLE
        await half_a_minute_later(house)
        async with delivery_worker(house.settings):
            ended = await house.admin.sees("разослано", timeout=60)
        async with house.container.store.reading() as tx:
            counts = await tx.deliveries.broadcast_counts(1)
        everybody = {person.id for person in crowd} | {house.approver.id, house.writer.id}
        got = {chat_id: times for chat_id, times in received().items() if chat_id in everybody}
        assert set(got.values()) == {1}, "nobody gets it twice"
        missing = len(everybody) - len(got)
        assert counts[DeliveryState.SENT] + counts[DeliveryState.UNCERTAIN] == len(everybody)
        assert missing <= counts[DeliveryState.UNCERTAIN], "who did not get it for certain is listed as uncertain"
        assert f"Дошло: {counts[DeliveryState.SENT]} из {len(everybody)}" in text_of(ended)
