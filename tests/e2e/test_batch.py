"""/batch in the whole house: a file with a caption, the price, Start, the files with the ideas."""

import csv
import io
from contextlib import AsyncExitStack
from pathlib import Path

from aiogram.types import Message

from bot.batches import BatchRounds, build_rounds
from tests.e2e.house import House, buttons, open_house
from tests.emulators.telegram.attachments import document

BRIEFS = "Слоган к осени\nТри поста про тишину\nСлоган к осени\n".encode("cp1251")


async def until(rounds: BatchRounds, house: House, state: str) -> None:
    seen = []
    for _ in range(30):
        await rounds()
        async with house.container.store.reading() as tx:
            batch = await tx.batches.get(1)
        assert batch is not None
        seen.append(batch.state.value)
        if batch.state == state:
            return
    raise AssertionError(f"{seen}, never {state}")


def content_of(house: House, message: Message) -> str:
    assert message.document is not None
    return house.telegram.state.files.get(message.document.file_id).data.decode("utf-8-sig")


async def test_a_file_of_briefs_is_worth_a_night(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house, AsyncExitStack() as stack:
        rounds = build_rounds(house.container, stack, poll_seconds=0.0)
        (sent,) = await house.writer.sends(document(BRIEFS, "осень.csv"), caption="/batch")
        shown = await house.writer.sees(lambda m: "осень.csv" in (m.text or ""), after=sent, timeout=30)
        await until(rounds, house, "estimated")
        priced = await house.writer.sees(lambda m: "Цена: около" in (m.text or ""), timeout=30)
        assert priced.message_id == shown.message_id
        assert "2 брифа" in (priced.text or "")
        assert "повторы в строках: 3" in (priced.text or "")
        assert buttons(priced) == ["🌙 Запустить", "Отменить"]
        await house.writer.presses(priced, "🌙 Запустить", timeout=30)
        await until(rounds, house, "finished")
        table = await house.writer.sees(
            lambda m: m.document is not None and (m.document.file_name or "").endswith(".csv"), timeout=30
        )
        rows = list(csv.reader(io.StringIO(content_of(house, table))))
        assert [row[1] for row in rows[1:]] == ["Слоган к осени", "Три поста про тишину"]
        assert all(row[2] == "Готово" and row[3] for row in rows[1:])
        done = await house.writer.sees(lambda m: "✅ Готово" in (m.text or ""), timeout=30)
        assert done.message_id == shown.message_id
        assert buttons(done) == []
        async with house.container.store.reading() as tx:
            totals = await tx.spending.totals()
        # Half of what the models of the emulator ask for.
        metered = house.model.meter.of("batch")
        dollars_of_millions = sum(call.tokens_in * 1 + call.tokens_out * 4 for call in metered)
        assert totals.calls == len(metered) == 2
        assert abs(totals.cost_microusd - dollars_of_millions) <= 1
