"""Answers read aloud, through the ears of the people who asked for them."""

import asyncio
import io
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
from aiogram.types import Message

from bot.job_tools import open_job_tools
from bot.settings import child_environment
from services.delivery.service import Pace
from services.domain.failpoint import KILLED, FailPoint
from services.domain.member import VoiceReplies
from services.queue.ports import QueueName
from tests.e2e.house import House, buttons, is_card, open_house
from tests.e2e.speaking import card_under, listening_house, speaks
from tests.emulators.openai.faults import Fault, FaultKind

SPEAKS: dict[str, Any] = {"speech_model": "openai:gpt-4o-mini-tts", "speech_voice": "coral"}
ROOT = Path(__file__).parents[2]


def is_voice(message: Message) -> bool:
    return message.voice is not None


def sound_of(house: House, message: Message) -> bytes:
    assert message.voice is not None
    return house.telegram.state.files.get(message.voice.file_id).data


async def until(is_true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not is_true():  # noqa: ASYNC110 - the emulator lives in another thread
            await asyncio.sleep(0.02)


def voices(house: House) -> int:
    return len([call for call in house.telegram.journal.calls("sendVoice") if call.ok])


async def wishes(house: House, wish: VoiceReplies) -> None:
    async with house.container.store.transaction() as tx:
        writer = await tx.members.by_telegram_id(house.writer.id)
        assert writer is not None
        await tx.members.change(writer.id, voice_replies=wish)


async def test_a_person_chooses_to_listen_and_hears_the_ideas_under_the_card(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True, **SPEAKS) as house:
        asked = await house.writer.says("/settings")
        settings = await house.writer.sees("Настройки", after=asked, timeout=20)
        await house.writer.presses(settings, "Всегда вслух")
        await house.writer.sees(lambda message: "• Всегда вслух •" in buttons(message), after=asked)
        brief = await house.writer.says("/idea слоган для вечернего чая")
        spoken = await house.writer.sees(is_voice, after=brief, timeout=30)
        card = await house.writer.sees(is_card, after=brief)
        assert spoken.reply_to_message is not None
        assert spoken.reply_to_message.message_id == card.message_id
        (call,) = house.model.meter.of("speech")
        text = call.body["input"]
        assert "Первая идея." in text
        assert not set("[]*_#") & set(text)
        assert call.body["instructions"].startswith("Читай по-русски")
        with av.open(io.BytesIO(sound_of(house, spoken)), "r") as opened:
            assert opened.streams.audio[0].codec_context.name == "opus"
        assert spoken.voice is not None
        assert spoken.voice.duration > 5
        await until(lambda: not list((tmp_path / "files" / "spoken").rglob("*.ogg")))  # what arrived is kept no longer
        async with house.container.store.reading() as tx:
            totals = await tx.calls.totals()
        assert totals.calls == 2, "the ideas and the voice"
        await house.writer.says("Короче", reply_to=spoken)
        refined = await house.writer.sees(is_card, after=spoken, timeout=30)
        assert refined.message_id != card.message_id, "a reply to the voice is a reply to its ideas"


async def test_speech_is_answered_by_speech_and_text_by_text(tmp_path: Path, valkey_url: str) -> None:
    async with listening_house(tmp_path, valkey_url, with_worker=True, **SPEAKS) as house:
        await wishes(house, VoiceReplies.TO_VOICE)
        typed = await house.writer.says("/idea слоган для вечернего чая")
        await house.writer.sees(is_card, after=typed, timeout=20)
        asked = await speaks(house.writer, "idea-ru")
        card = await card_under(house.writer, asked)
        spoken = await house.writer.sees(is_voice, after=card, timeout=30)
        assert spoken.reply_to_message is not None
        assert spoken.reply_to_message.message_id == card.message_id, "the ideas, and not what was heard"
        in_group = await speaks(house.writer, "idea-ru", chat=house.group, caption="/idea")
        await card_under(house.writer, in_group, chat=house.group)
        async with house.container.store.reading() as tx:
            paid = await tx.calls.totals()
        assert paid.unknown_price_calls == 0, "writing, listening and speaking all have their prices"
        assert voices(house) == 1


async def test_a_voice_that_is_down_takes_nothing_from_the_text(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True, **SPEAKS) as house:
        await wishes(house, VoiceReplies.ALWAYS)
        house.model.faults.add(Fault(FaultKind.RATE_LIMIT, endpoint="speech", seconds=60, count=None))
        brief = await house.writer.says("/idea слоган для вечернего чая")
        await house.writer.sees(is_card, after=brief, timeout=20)
        await until(lambda: house.model.meter.of("speech"))
        house.model.faults.clear()
        again = await house.writer.says("/idea слоган для утреннего чая")
        await house.writer.sees(is_voice, after=again, timeout=30)
        assert voices(house) == 1, "what could not be said in its time is not said later"
        async with house.container.store.reading() as tx:
            assert await tx.dead_letters.count() == 0


async def test_a_worker_that_dies_with_the_sound_in_its_hands_is_not_paid_twice(
    tmp_path: Path, valkey_url: str
) -> None:
    async with open_house(tmp_path, valkey_url, **SPEAKS) as house:
        await wishes(house, VoiceReplies.ALWAYS)
        brief = await house.writer.says("/idea слоган для вечернего чая")
        await house.writer.sees(is_card, after=brief, timeout=20)
        assert await dies(house, FailPoint.REPLY_SPOKEN) == KILLED
        assert (len(house.model.meter.of("speech")), voices(house)) == (1, 0)
        heir = Pace(beat_seconds=0.1, silent_after=timedelta(0))
        async with open_job_tools(house.settings, QueueName.DELIVERY, heir) as tools:
            await tools.drain.drain()
        await house.writer.sees(is_voice, after=brief)
        assert (len(house.model.meter.of("speech")), voices(house)) == (1, 1)


async def dies(house: House, name: FailPoint) -> int | None:
    """A delivery worker of its own, which ends there."""
    settings = house.settings
    assert settings.telegram_bot_token is not None
    assert settings.openai_api_key is not None
    environment = {
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token.get_secret_value(),
        "TELEGRAM_API_BASE": settings.telegram_api_base,
        "DATA_DIR": str(settings.data_dir),
        "REDIS_URL": settings.redis_url or "",
        "OPENAI_API_KEY": settings.openai_api_key.get_secret_value(),
        "OPENAI_BASE_URL": settings.openai_base_url or "",
        "EMBEDDING_MODEL": "none",
        "SPEECH_MODEL": settings.speech_model or "",
        "SPEECH_VOICE": settings.speech_voice,
        "CRASH_AT": name.value,
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "worker", "--queue", "delivery", cwd=ROOT, env=child_environment(environment)
    )
    try:
        async with asyncio.timeout(60):
            return await worker.wait()
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
