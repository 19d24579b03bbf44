"""A brief that was answered before, through the eyes of people: at once, marked, free of charge; new at a press."""

from pathlib import Path

from aiogram.types import Message

from tests.e2e.house import House, buttons, is_card, open_house
from tests.emulators.telegram.waiting import text_of

BRIEF = "/idea слоган для вечернего чая"


async def test_the_second_who_asks_gets_the_same_draft_and_a_new_one_at_a_press(
    tmp_path: Path, valkey_url: str
) -> None:
    async with open_house(tmp_path, valkey_url, cache_hours=24) as house:
        brief = await house.writer.says(BRIEF, chat=house.group)
        first = await house.writer.sees(is_card, after=brief, chat=house.group, timeout=20)
        again = await house.admin.says(f"{BRIEF}.", chat=house.group)
        card = await house.admin.sees(_is_cached, after=again, chat=house.group, timeout=20)
        assert _ideas(card) == _ideas(first)
        assert _answers(house) == 1

        await house.admin.presses(card, "🔁")
        reasons = await house.admin.sees(lambda m: "🎲" in str(buttons(m)), chat=house.group)
        await house.admin.presses(reasons, "🎲")
        fresh = await house.admin.sees(
            lambda m: is_card(m) and not _is_cached(m) and m.message_id == card.message_id,
            chat=house.group,
            timeout=20,
        )
        assert _ideas(fresh) != _ideas(first)
        assert _answers(house) == 2

        await house.admin.says("/status")
        told = text_of(await house.admin.sees("Кэш вариантов"))
        assert "только задание слово в слово" in told, "there is no embedding model in this house"


def _is_cached(message: Message) -> bool:
    return is_card(message) and "⚡️" in text_of(message)


def _ideas(card: Message) -> str:
    return text_of(card).split("⚡️")[0].strip()


def _answers(house: House) -> int:
    return len(house.model.meter.of("chat"))
