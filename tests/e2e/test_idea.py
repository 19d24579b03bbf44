"""The main job, through the eyes of the people who do it."""

import re
from pathlib import Path

import pytest
from aiogram.types import Message

from tests.e2e.house import House, buttons, is_card, open_house
from tests.emulators.telegram.waiting import text_of


async def card_after(house: House, brief: Message, **where: object) -> Message:
    return await house.writer.sees(is_card, after=brief, timeout=20, **where)  # type: ignore[arg-type]


async def test_a_brief_becomes_ideas_from_the_brand_and_a_named_approval(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.writer.says("/idea слоган для вечернего чая", chat=house.group)
        card = await card_after(house, brief, chat=house.group)
        assert card.reply_to_message is not None
        assert card.reply_to_message.message_id == brief.message_id
        assert "Источники" in text_of(card)
        assert re.search(r"\[\d\]", text_of(card))
        refused = await house.writer.presses(card, "Утвердить")
        assert refused.show_alert
        assert "согласующего" in (refused.text or "")
        granted = await house.approver.presses(card, "Утвердить")
        assert granted.text == "Approved"
        approved = await house.writer.sees("Утверждено: Lev Ostrov", chat=house.group)
        assert approved.message_id == card.message_id
        assert not is_card(approved), "an approved card offers no second approval"


@pytest.mark.postgres
async def test_the_same_house_stands_on_postgresql(tmp_path: Path, valkey_url: str, postgres_url: str) -> None:
    async with open_house(tmp_path, valkey_url, database_url=postgres_url) as house:
        brief = await house.writer.says("/idea слоган для вечернего чая", chat=house.group)
        card = await card_after(house, brief, chat=house.group)
        await house.approver.presses(card, "Утвердить")
        await house.writer.sees("Утверждено: Lev Ostrov", chat=house.group)
    assert not (tmp_path / "muza.db").exists()


async def test_ideas_grow_on_the_screen_and_end_as_an_edit_of_the_same_message(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        house.model.settings.tokens_per_second = 120
        brief = await house.writer.says("/idea слоган для осени")
        card = await card_after(house, brief)
        edits = [call for call in house.telegram.journal.calls("editMessageText") if call.ok]
        assert len(edits) >= 3, "stages and growing text are shown before the final"
        sent = [call for call in house.telegram.journal.calls("send*Message") if call.ok]
        assert len(sent) == 1
        assert house.telegram.journal.calls("sendChatAction")
        assert "Остановить" not in str(buttons(card))
        assert not house.telegram.journal.calls(status=429)


async def test_a_reply_refines_and_the_carousel_pages_back(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.writer.says("/idea слоган для осени")
        first = await card_after(house, brief)
        words = await house.writer.says("короче, и пусть звучит теплее", reply_to=first)
        second = await card_after(house, words)
        assert second.message_id != first.message_id
        assert second.reply_to_message is not None
        assert second.reply_to_message.message_id == words.message_id
        assert text_of(second) != text_of(first)
        await house.writer.presses(second, "◀")
        paged = await house.writer.sees(lambda m: is_card(m) and "1/2" in str(buttons(m)), after=second)
        assert paged.message_id == second.message_id


async def test_regenerate_with_a_reason_writes_into_the_same_message(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        brief = await house.writer.says("/idea слоган для осени")
        first = await card_after(house, brief)
        await house.writer.presses(first, "Ещё вариант")
        reasons = await house.writer.sees(lambda m: "Короче" in str(buttons(m)))
        await house.writer.presses(reasons, "Короче")
        second = await house.writer.sees(lambda m: is_card(m) and "2/2" in str(buttons(m)), timeout=20)
        assert second.message_id == first.message_id
        prompt = str(house.model.meter.of("chat")[-1].body)
        assert "<previous" in prompt


async def test_an_empty_idea_asks_and_takes_the_next_message(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        await house.writer.says("/idea")
        question = await house.writer.sees("О чём придумать идеи")
        brief = await house.writer.says("подарок коллегам на новый год")
        card = await house.writer.sees(is_card, after=question, timeout=20)
        assert card.reply_to_message is not None
        assert card.reply_to_message.message_id == brief.message_id


async def test_stop_ends_the_writing_and_retry_goes_on(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        house.model.settings.tokens_per_second = 15
        await house.writer.says("/idea слоган для осени")
        growing = await house.writer.sees(
            lambda m: "Остановить" in str(buttons(m)) and len(text_of(m)) > 40, timeout=20
        )
        await house.writer.presses(growing, "Остановить")
        stopped = await house.writer.sees("Остановлено", after=growing)
        assert "Повторить" in str(buttons(stopped))
        (call,) = house.model.meter.of("chat")
        assert call.outcome == "abandoned"
        house.model.settings.tokens_per_second = None
        await house.writer.presses(stopped, "Повторить")
        card = await house.writer.sees(is_card, after=stopped, timeout=20)
        assert card.message_id == growing.message_id


async def test_answers_appear_in_the_topic_they_were_asked_in(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        topic = house.forum.add_topic("Весенняя кампания")
        brief = await house.writer.says("/idea слоган для весны", chat=house.forum, topic=topic)
        card = await card_after(house, brief, chat=house.forum)
        assert card.message_thread_id == brief.message_thread_id
        general = await house.writer.says("/idea слоган для всех", chat=house.forum)
        in_general = await card_after(house, general, chat=house.forum)
        assert not in_general.is_topic_message
        assert not house.telegram.journal.calls(status=400)


async def test_a_native_draft_streams_and_the_final_is_a_message(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        house.model.settings.tokens_per_second = 100
        await house.writer.says("/settings")
        menu = await house.writer.sees(lambda m: "Черновик" in str(buttons(m)))
        await house.writer.presses(menu, "Черновик")
        brief = await house.writer.says("/idea слоган для осени")
        card = await card_after(house, brief)
        drafts = [call for call in house.telegram.journal.calls("send*Draft") if call.ok]
        assert len(drafts) >= 2
        assert text_of(card)


async def test_ask_cites_pages_and_says_when_nothing_is_known(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        question = await house.writer.says("/ask Сколько стоит банка «Сказки на ночь»?")
        answer = await house.writer.sees("Источники", after=question, timeout=20)
        assert re.search(r"\[\d\]", text_of(answer))
        assert "Утвердить" not in str(buttons(answer))
        before = len(house.model.meter.of("chat"))
        unknown = await house.writer.says("/ask Zxqwv brmblfk?")
        await house.writer.sees("В базе знаний ответа не нашлось", after=unknown, timeout=20)
        assert len(house.model.meter.of("chat")) == before, "no tokens are spent on a question without passages"


async def test_telegrams_own_stop_button_ends_a_native_draft(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        house.model.settings.tokens_per_second = 15
        await house.writer.says("/settings")
        menu = await house.writer.sees(lambda m: "Черновик" in str(buttons(m)))
        await house.writer.presses(menu, "Черновик")
        await house.writer.says("/idea слоган для осени")
        draft = await house.writer.sees_draft("1", timeout=20)
        await house.writer.stops(draft)
        await house.writer.sees(lambda m: "Остановлено" in text_of(m) and "Повторить" in str(buttons(m)), timeout=20)


async def test_a_reply_to_a_review_card_refines_it(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.approver.starts()
        brief = await house.writer.says("/idea слоган для осени")
        mine = await card_after(house, brief)
        await house.writer.presses(mine, "согласование")
        theirs = await house.approver.sees(is_card, timeout=20)
        words = await house.approver.says("короче", reply_to=theirs)
        refined = await house.approver.sees(is_card, after=words, timeout=20)
        assert "2/2" in str(buttons(refined))
