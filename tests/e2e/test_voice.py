"""Speak a brief, get ideas: through the eyes of the people who speak."""

from pathlib import Path

import pytest

from tests.e2e.house import is_card
from tests.e2e.speaking import NEVER, card_under, labels, listening_house, quote_alone, quote_under, speaks
from tests.emulators.telegram.waiting import text_of


async def test_a_spoken_brief_becomes_ideas_and_an_approval(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        spoken = await speaks(house.admin, "idea-ru")
        card = await card_under(house.admin, spoken)
        assert "5. " in text_of(card), "five were asked for"
        granted = await house.admin.presses(card, "Утвердить")
        assert granted.text == "Утверждено"
        heard = await quote_alone(house.admin, spoken, "пять слоганов")
        assert [entity.type for entity in heard.entities or ()] == ["bold", "expandable_blockquote"]
        assert len(house.model.meter.of("transcriptions")) == 1
        sent = [call for call in house.telegram.journal.calls("sendMessage") if call.ok]
        assert len(sent) == 2, "one message about the recording, one with the ideas"
        assert not house.telegram.journal.calls(status=400)


@pytest.mark.postgres
async def test_the_same_on_postgresql(tmp_path: Path, valkey_url: str, postgres_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, database_url=postgres_url) as house:
        spoken = await speaks(house.admin, "idea-en")
        await card_under(house.admin, spoken)
        await quote_alone(house.admin, spoken, "five slogans")


async def test_listening_is_said_at_once_and_the_transcript_waits_for_a_tap(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, NEVER) as house:
        spoken = await speaks(house.writer, "idea-ru")
        at_once = await quote_under(house.writer, spoken, "Слушаю")
        heard = await quote_under(house.writer, spoken, "Нажмите «Начать», и я придумаю идеи")
        assert heard.message_id == at_once.message_id
        assert all(button in labels(heard) for button in ("Начать", "Исправить", "Отмена"))
        first, second = house.writer.taps(heard, "Начать"), house.approver.taps(heard, "Начать")
        card = await card_under(house.writer, spoken)
        told = [(await one.answer).text for one in (first, second)]
        assert told.count(None) == 1, "of two presses one starts, and the other is told"
        briefs = [m for m in house.telegram.messages(house.writer) if is_card(m)]
        assert [m.message_id for m in briefs] == [card.message_id]


async def test_corrected_words_take_the_place_of_what_was_heard(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, NEVER) as house:
        spoken = await speaks(house.writer, "idea-ru")
        heard = await quote_under(house.writer, spoken, "Нажмите «Начать»")
        await house.writer.presses(heard, "Исправить")
        question = await house.writer.sees("Как правильно?", after=heard)
        await house.writer.says("сделай три слогана для зимнего кофе", reply_to=question)
        card = await card_under(house.writer, spoken)
        assert "3. " in text_of(card)
        assert "4. " not in text_of(card)
        shown = await quote_under(house.writer, spoken, "зимнего кофе")
        assert "С вашей правкой" in text_of(shown)
        assert "зимнего кофе" in str(house.model.meter.of("chat")[-1].body)
        assert "мятой" not in str(house.model.meter.of("chat")[-1].body)


async def test_a_spoken_reply_to_a_draft_refines_it(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        await house.writer.says("/idea слоган для осени")
        first = await house.writer.sees(is_card, timeout=20)
        spoken = await speaks(house.writer, "refine-ru", reply_to=first)
        second = await card_under(house.writer, spoken)
        assert "2/2" in labels(second)
        assert "слово тишина" in str(house.model.meter.of("chat")[-1].body)


async def test_a_spoken_approval_of_the_draft_replied_to(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, with_worker=True) as house:
        brief = await house.writer.says("/idea слоган для осени", chat=house.group)
        card = await house.writer.sees(is_card, after=brief, chat=house.group, timeout=20)
        spoken = await speaks(house.approver, "approve-ru", chat=house.group, reply_to=card)
        await house.writer.sees("Утверждено: Lev Ostrov", chat=house.group, timeout=30)
        await quote_alone(house.approver, spoken, "The draft is approved", chat=house.group)


async def test_in_a_group_only_speech_meant_for_muza_is_heard(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        ignored = await speaks(house.writer, "ask-ru", chat=house.group)
        name = f"@{house.telegram.state.bot.username}"
        meant = await speaks(house.writer, "idea-ru", chat=house.group, caption=f"{name} для летнего меню")
        await card_under(house.writer, meant, chat=house.group)
        heard = await quote_alone(house.writer, meant, "пять слоганов", chat=house.group)
        assert "Аня Кравцова говорит" in text_of(heard)
        assert "для летнего меню" in str(house.model.meter.of("chat")[-1].body)
        async with house.container.store.reading() as tx:
            assert await tx.recordings.carried_by(house.group.id, ignored.message_id) is None


async def test_forwarded_speech_is_material_and_starts_nothing(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        original = await speaks(house.approver, "approve-ru", chat=house.group)
        material = await house.writer.forwards(original)
        heard = await quote_under(house.writer, material, "чужие слова")
        assert "Начать" not in labels(heard)
        assert not house.model.meter.of("chat"), "nobody was asked what somebody else wants"
        await house.writer.presses(heard, "Идеи из этого")
        await card_under(house.writer, material)
        assert "<material" in str(house.model.meter.of("chat")[-1].body)
        kept = await house.writer.forwards(original)
        again = await quote_under(house.writer, kept, "чужие слова")
        await house.writer.presses(again, "Только текст")
        alone = await house.writer.sees(lambda m: m.message_id == again.message_id and labels(m) == "", after=again)
        assert "Утвердить" in text_of(alone)


async def test_a_question_of_muzas_is_answered_by_voice(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        await house.writer.says("/ask")
        await house.writer.sees("Что найти в базе знаний?")
        spoken = await speaks(house.writer, "ask-ru")
        await house.writer.sees("Источники", after=spoken, timeout=30)


async def test_commands_about_other_peoples_speech(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        theirs = await speaks(house.approver, "ask-ru", chat=house.group)
        await house.writer.says("/transcribe", chat=house.group, reply_to=theirs)
        await quote_under(house.writer, theirs, "нельзя использовать", chat=house.group)
        assert not house.model.meter.of("chat")
        command = await house.writer.says("/idea пост об этом", chat=house.group, reply_to=theirs)
        await house.writer.sees(is_card, after=command, chat=house.group, timeout=20)
        assert len(house.model.meter.of("transcriptions")) == 1, "what was heard is not listened to again"
        assert "нельзя использовать" in str(house.model.meter.of("chat")[-1].body)


async def test_a_command_in_the_caption(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        spoken = await speaks(house.writer, "ask-ru", caption="/transcribe")
        await quote_alone(house.writer, spoken, "нельзя использовать")
        asked = await speaks(house.writer, "ask-ru", caption="/ask")
        await house.writer.sees("Источники", after=asked, timeout=30)


async def test_cancel_by_button_and_by_command(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, NEVER) as house:
        first = await speaks(house.writer, "idea-ru")
        heard = await quote_under(house.writer, first, "Нажмите «Начать»")
        await house.writer.presses(heard, "Отмена")
        await quote_under(house.writer, first, "Отменено")
        stale = await house.writer.forges(heard, f"v:{1}:{1}:go").answer
        assert "уже отменена" in (stale.text or "")
        second = await speaks(house.writer, "idea-ru")
        await quote_under(house.writer, second, "Нажмите «Начать»")
        await house.writer.says("/cancel")
        await house.writer.sees("запись отложена")
        await quote_under(house.writer, second, "Отменено")
        assert not house.model.meter.of("chat")
