"""When listening goes wrong: what happened, what to do, and nothing is lost."""

from pathlib import Path

import pytest

from tests.e2e.house import cast, is_card
from tests.e2e.speaking import (
    NEVER,
    SAMPLES,
    card_under,
    labels,
    listening_house,
    quote_alone,
    quote_under,
    sample,
    speaks,
)
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.telegram.attachments import document, voice
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.files import MAX_DOWNLOAD_BYTES
from tests.emulators.telegram.waiting import text_of


async def test_where_nobody_speaks_that_is_said(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url) as house:
        for name in ("silence", "music"):
            spoken = await speaks(house.writer, name)
            heard = await quote_under(house.writer, spoken, "Не слышу речи")
            assert labels(heard) == ""
        assert not house.model.meter.of("chat")
        assert len(house.model.meter.of("transcriptions")) <= 1, "silence is not sent to anybody"


async def test_what_cannot_be_used_is_told_apart(tmp_path: Path, valkey_url: str) -> None:
    whole = (SAMPLES / "idea-ru.ogg").read_bytes()
    async with listening_house(tmp_path, valkey_url) as house:
        for data in (whole[:150], bytes(range(256)) * 40, b"\0"):
            (spoken,) = await house.writer.sends(voice(data))
            failed = await quote_under(house.writer, spoken, "⚠️")
            assert any(said in text_of(failed) for said in ("повреждён", "не понимаю"))
            assert labels(failed) == "", "the same file would fail the same way"
        (sent,) = await house.writer.sends(document(bytes(MAX_DOWNLOAD_BYTES + 1), "talk.wav", "audio/x-wav"))
        failed = await quote_under(house.writer, sent, "21 МБ")
        assert "не больше 20 МБ" in text_of(failed)


async def test_a_service_that_is_down_leaves_a_retry_that_needs_no_second_upload(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_listening.SHORT_PATIENCE_SECONDS", 0.5)
    async with listening_house(tmp_path, valkey_url) as house:
        house.model.faults.add(Fault(FaultKind.UNAVAILABLE, count=None, endpoint="transcriptions"))
        spoken = await speaks(house.writer, "idea-ru")
        failed = await quote_under(house.writer, spoken, "Распознавание речи сейчас недоступно")
        assert "присылать её заново не нужно" in text_of(failed)
        house.model.faults.clear()
        await house.writer.presses(failed, "Повторить")
        await card_under(house.writer, spoken)
        assert len(house.telegram.journal.calls("getFile")) == 1


async def test_nobody_listens_here(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, transcription_model="none") as house:
        spoken = await speaks(house.writer, "idea-ru")
        await house.writer.sees("Слушать меня ещё не научили", after=spoken)
        await speaks(house.writer, "idea-ru", chat=house.group)
        assert not [m for m in house.telegram.messages(house.group) if m.from_user and m.from_user.is_bot]


async def test_a_restart_between_transcript_and_start_loses_nothing(tmp_path: Path, valkey_url: str) -> None:
    telegram = TelegramEmulator(seed=1)
    people = cast(telegram)
    async with listening_house(tmp_path, valkey_url, 2.0, telegram=telegram, people=people) as house:
        spoken = await speaks(house.writer, "idea-ru")
        heard = await quote_under(house.writer, spoken, "придумаю идеи")
    async with listening_house(tmp_path, valkey_url, 2.0, telegram=telegram, people=people) as house:
        card = await card_under(house.writer, spoken)
        cards = [m.message_id for m in telegram.messages(house.writer) if is_card(m)]
        assert cards == [card.message_id]
        alone = await house.writer.sees(lambda m: m.message_id == heard.message_id and labels(m) == "")
        assert "пять слоганов" in text_of(alone).lower()
        assert not house.model.meter.of("transcriptions"), "what has its text is not sent again"


async def test_a_restart_while_a_tap_is_awaited(tmp_path: Path, valkey_url: str) -> None:
    telegram = TelegramEmulator(seed=1)
    people = cast(telegram)
    async with listening_house(tmp_path, valkey_url, NEVER, telegram=telegram, people=people) as house:
        spoken = await speaks(house.writer, "idea-ru")
        heard = await quote_under(house.writer, spoken, "Нажмите «Начать»")
    async with listening_house(tmp_path, valkey_url, NEVER, telegram=telegram, people=people) as house:
        await house.writer.presses(heard, "Начать")
        await card_under(house.writer, spoken)


async def test_the_message_about_a_recording_comes_back_when_it_was_deleted(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, NEVER) as house:
        house.model.faults.add(Fault(FaultKind.DELAY, seconds=1.0, endpoint="transcriptions"))
        (spoken,) = await house.writer.sends(sample("idea-ru"))
        listening = await quote_under(house.writer, spoken, "Слушаю")
        await house.writer.deletes(listening)
        heard = await quote_under(house.writer, spoken, "Нажмите «Начать»")
        assert heard.message_id != listening.message_id
        await house.writer.presses(heard, "Начать")
        await card_under(house.writer, spoken)
        alone = await quote_alone(house.writer, spoken, "пять слоганов")
        assert alone.message_id == heard.message_id, "the new message is edited from now on"
