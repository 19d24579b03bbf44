"""A budget that is used up, through the eyes of the people: refused, asked for, granted, run at a tap."""

from pathlib import Path

from tests.e2e.house import buttons, is_card, open_house
from tests.emulators.telegram.waiting import text_of


async def test_a_refused_request_runs_at_a_tap_once_an_admin_has_given_more(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.admin.says("/budget @anya 0$ день")
        confirmed = await house.admin.sees("Готово")
        assert "Аня" in text_of(confirmed)
        await house.writer.says("/idea слоган для осени")
        refused = await house.writer.sees("Личный бюджет на сегодня не покрывает", timeout=20)
        assert house.model.meter.of("chat") == []
        asked = await house.writer.presses(refused, "Попросить ещё")
        assert "получили вашу просьбу" in (asked.text or "")
        again = await house.writer.presses(refused, "Попросить ещё")
        assert "уже знают" in (again.text or "")
        wish = await house.admin.sees("просит увеличить бюджет", timeout=20)
        await house.admin.presses(wish, "+5 $")
        await house.admin.sees("Решение: Марина Ли")
        notice = await house.admin.sees(lambda m: "⛔️" in text_of(m), timeout=20)
        stale = await house.admin.presses(notice, "+5 $")
        assert "Лимит уже изменили" in (stale.text or "")
        ready = await house.writer.sees("Деньги в бюджете снова есть", timeout=20)
        await house.writer.presses(ready, "Запустить")
        card = await house.writer.sees(is_card, timeout=20)
        assert card.message_id == refused.message_id
        assert "≈" in str(buttons(card)), "what another attempt costs stands on its button"


async def test_everyone_sees_their_own_and_admins_see_all(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        await house.admin.says("/budget каждому 2$ день")
        await house.admin.sees("Готово")
        await house.writer.says("/budget")
        own = await house.writer.sees("Сколько можно потратить")
        assert "Аня Кравцова, сегодня" in text_of(own)
        assert buttons(own) == []
        await house.admin.says("/budget сколько нам можно")
        await house.admin.sees("Не получилось понять")
        await house.admin.says("/budget")
        everything = await house.admin.sees("💰 Бюджеты")
        assert "Каждому: 2,00\u00a0$ в день" in text_of(everything)
        await house.admin.presses(everything, "Каждому")
        opened = await house.admin.sees(lambda m: "Лимит ×2" in str(buttons(m)))
        await house.admin.presses(opened, "Лимит ×2")
        await house.admin.sees("5,00\u00a0$ в день")
