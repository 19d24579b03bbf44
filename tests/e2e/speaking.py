"""Voices for whole-bot tests: what is said in the samples, and a house that listens over the API."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiogram.types import Message

from tests.e2e.house import House, buttons, is_card, open_house
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.telegram.attachments import Attachment, voice
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of

SAMPLES = Path(__file__).parents[1] / "data" / "audio"
TEXTS: dict[str, str] = json.loads((SAMPLES / "texts.json").read_text(encoding="utf-8"))
SOON = 0.3
"""Seconds before a transcript starts by itself: nobody corrects it here."""
NEVER = -1


def sample(name: str) -> Attachment:
    return voice((SAMPLES / f"{name}.ogg").read_bytes(), duration=5)


@asynccontextmanager
async def listening_house(
    data_dir: Path, redis_url: str | None, start_seconds: float = SOON, **changes: Any
) -> AsyncIterator[House]:
    given = {"transcription_model": "openai:whisper-1", "voice_start_seconds": start_seconds, **changes}
    model = OpenAIEmulator()
    model.transcripts.load(SAMPLES)
    async with open_house(data_dir, redis_url, model=model, **given) as house:
        yield house


async def speaks(person: Person, name: str, **where: Any) -> Message:
    (message,) = await person.sends(sample(name), **where)
    return message


async def quote_under(person: Person, spoken: Message, words: str, **where: Any) -> Message:
    """Muza's message about this recording, once it shows these words."""
    return await person.sees(
        lambda m: answers(m, spoken) and words.lower() in text_of(m).lower() and not is_card(m), timeout=30, **where
    )


async def quote_alone(person: Person, spoken: Message, words: str, **where: Any) -> Message:
    """The same without buttons: nothing is to be decided any more."""
    return await person.sees(
        lambda m: answers(m, spoken) and words.lower() in text_of(m).lower() and not buttons(m), timeout=30, **where
    )


async def card_under(person: Person, spoken: Message, **where: Any) -> Message:
    return await person.sees(lambda m: is_card(m) and answers(m, spoken), timeout=30, **where)


def answers(message: Message, spoken: Message) -> bool:
    replied = message.reply_to_message
    return replied is not None and replied.message_id == spoken.message_id


def labels(message: Message) -> str:
    return " ".join(buttons(message))
