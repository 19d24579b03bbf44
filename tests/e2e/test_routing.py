"""Which model writes, as people meet it."""

from pathlib import Path

from tests.e2e.house import House, buttons, is_card, open_house
from tests.emulators.telegram.waiting import text_of


def asked(house: House) -> str:
    """The model of the latest request."""
    return house.model.meter.of("chat")[-1].model


async def test_plain_work_is_fast_and_another_attempt_is_smart(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.admin.says("/idea слоган для осени")
        card = await house.admin.sees(is_card, after=brief, timeout=20)
        assert asked(house) == "gpt-4.1-mini"
        assert "🧭 Пишет gpt-4.1-mini: простая задача" in text_of(card)
        await house.admin.presses(card, "🔁")
        reasons = await house.admin.sees(lambda m: "Смелее" in str(buttons(m)))
        await house.admin.presses(reasons, "Смелее")
        await house.admin.sees("🧭 Пишет gpt-4.1: новая попытка", timeout=20)
        assert asked(house) == "gpt-4.1"
