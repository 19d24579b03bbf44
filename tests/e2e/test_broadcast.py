"""An admin tells everybody something: a last look, progress, Stop."""

import asyncio
from pathlib import Path

from aiogram.types import Message

from services.domain.broadcast import BroadcastState
from services.domain.delivery import DeliveryState
from tests.e2e.house import House, buttons, open_house
from tests.emulators.telegram.attachments import photo
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of


def is_question(message: Message) -> bool:
    return any("📣" in label for label in buttons(message))


def said_by_bot(house: House, person: Person, words: str) -> list[Message]:
    me = house.telegram.state.bot.id
    return [m for m in house.telegram.messages(person) if m.from_user and m.from_user.id == me and words in text_of(m)]


async def written_down(house: House, *events: str) -> None:
    async with asyncio.timeout(10):
        while True:
            async with house.container.store.reading() as tx:
                known = {event for _, event, _, _ in await tx.audit.recent()}
            if known.issuperset(events):
                return
            await asyncio.sleep(0.05)


async def test_formatting_arrives_as_it_was_written_and_everybody_is_counted(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        news = await house.admin.says("Завтра съёмка, адрес https://studio.example")
        asked = await house.admin.says("/broadcast", reply_to=news)
        question = await house.admin.sees(is_question, after=asked)
        assert len(said_by_bot(house, house.admin, "Завтра съёмка")) == 1, "the author sees what people will get"
        assert "Отправить 2 людям?" in text_of(question)
        assert buttons(question)[:3] == ["• Всем: 2 •", "Согласующим: 1", "В группы: 0"]
        await house.admin.edits(news, "Передумала")
        house.telegram.state.blocked.add(house.writer.id)
        answers = await asyncio.gather(*(house.admin.presses(question, "Отправить") for _ in range(3)))
        refusal = "Это объявление уже рассылается."
        assert sorted(answer.text or "" for answer in answers) == ["Отправляю", refusal, refusal]
        got = await house.approver.sees("Завтра съёмка", timeout=20)
        assert got.entities == news.entities
        ended = await house.admin.sees("разослано", timeout=20)
        assert ended.message_id == question.message_id
        assert text_of(ended).splitlines()[1:] == [
            "Дошло: 1 из 2",
            "",
            "🚫 У 1 человека чат со мной закрыт или не начат",
        ]
        assert buttons(ended) == []
        assert len(said_by_bot(house, house.approver, "Завтра съёмка")) == 1
        assert len(said_by_bot(house, house.admin, "Завтра съёмка")) == 1, "and does not get it once more"
        await written_down(house, "broadcast_started", "broadcast_finished")


async def test_the_next_message_goes_to_approvers_whatever_it_is(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.admin.says("/broadcast")
        await house.admin.sees("Что объявить?")
        (picture,) = await house.admin.sends(photo(b"poster"), caption="Афиша")
        question = await house.admin.sees(is_question, after=picture)
        await house.admin.presses(question, "Согласующим")
        chosen = await house.admin.sees(lambda m: "• Согласующим: 1 •" in buttons(m))
        await house.admin.presses(chosen, "Отправить")
        arrived = await house.approver.sees("Афиша", timeout=20)
        assert arrived.photo
        await house.admin.sees("Дошло: 1 из 1", timeout=20)
        assert said_by_bot(house, house.writer, "Афиша") == []


async def test_groups_hear_it_once_each_and_a_draft_can_be_dropped(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        refused = await house.writer.says("/broadcast привет", chat=house.group)
        await house.writer.sees("рассылают администраторы", chat=house.group, after=refused)
        elsewhere = await house.admin.says("/broadcast привет", chat=house.forum)
        await house.admin.sees("в личном чате", chat=house.forum, after=elsewhere)
        dropped = await house.admin.says("/broadcast Черновик")
        question = await house.admin.sees(is_question, after=dropped)
        await house.admin.presses(question, "Не отправлять")
        await house.admin.sees("Никто ничего не получил")
        asked = await house.admin.says("/broadcast Студия переехала")
        question = await house.admin.sees(is_question, after=asked)
        assert "В группы: 2" in buttons(question)
        await house.admin.presses(question, "В группы")
        chosen = await house.admin.sees("Отправить в 2 группы?")
        await house.admin.presses(chosen, "Отправить")
        await house.admin.sees("Дошло: 2 из 2", timeout=20)
        for group in (house.group, house.forum):
            told = [m for m in house.telegram.messages(group) if text_of(m) == "Студия переехала"]
            assert len(told) == 1
            assert told[0].message_thread_id is None, "General, whose id Telegram refuses"
        assert said_by_bot(house, house.approver, "Черновик") == []


async def test_stop_keeps_back_what_has_not_left(tmp_path: Path, valkey_url: str) -> None:
    telegram = TelegramEmulator(seed=1)
    crowd = [telegram.add_person(f"Person {n}", language_code="en", user_id=8000 + n) for n in range(120)]
    async with open_house(tmp_path, valkey_url, telegram=telegram, members=crowd, with_worker=True) as house:
        asked = await house.admin.says("/broadcast Завтра выходной")
        question = await house.admin.sees(is_question, after=asked)
        await house.admin.presses(question, "Отправить")
        await crowd[20].sees("Завтра выходной", timeout=20)
        running = await house.admin.sees(lambda m: "⏹ Остановить" in buttons(m), timeout=20)
        assert "▱" in text_of(running)
        answer = await house.admin.presses(running, "Остановить")
        assert answer.show_alert
        ended = await house.admin.sees("Рассылка остановлена", timeout=20)
        async with house.container.store.reading() as tx:
            counts = await tx.deliveries.broadcast_counts(1)
            broadcast = await tx.broadcasts.get(1)
        assert broadcast is not None
        assert broadcast.state is BroadcastState.STOPPED
        got = sum(
            bool(said_by_bot(house, person, "Завтра выходной")) for person in (*crowd, house.approver, house.writer)
        )
        assert 20 < got < broadcast.total == 122
        assert (counts[DeliveryState.SENT], counts[DeliveryState.CANCELLED]) == (got, 122 - got)
        assert f"Дошло: {got} из 122\nНе отправлено: {122 - got}" in text_of(ended)
        await written_down(house, "broadcast_stopped", "broadcast_finished")
        pending = house.admin.forges(ended, "bc:1:stop")
        late = await asyncio.wait_for(pending.answer, 10)
        assert (late.text, late.show_alert) == ("Эта рассылка уже остановлена.", True)
