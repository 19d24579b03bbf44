"""Briefs through the whole product, to an approved draft: one typed in the group, one spoken in private."""

import time
from dataclasses import dataclass

from aiogram.types import Message

from tests.emulators.demo.sound import seconds_of
from tests.emulators.demo.speaking import SAMPLES
from tests.emulators.telegram.attachments import voice
from tests.emulators.telegram.demo_cast import DemoCast
from tests.emulators.telegram.keyboards import buttons

ANSWER_SECONDS = 90.0


SPOKEN = SAMPLES / "idea-en.ogg"


@dataclass(frozen=True, slots=True)
class Checked:
    idea_seconds: float
    approve_seconds: float


@dataclass(frozen=True, slots=True)
class CheckedVoice:
    heard_seconds: float
    """From the voice message to its text on the screen."""
    idea_seconds: float
    """From there to the ideas; the pause in which the text can be corrected is in it."""
    approve_seconds: float


async def check_idea(cast: DemoCast) -> Checked:
    """Raises TimeoutError or LookupError that says what was there instead."""
    began = time.monotonic()
    brief = await cast.art_director.says("/idea a slogan for Bedtime Story", chat=cast.team)
    card = await cast.art_director.sees(_is_card, chat=cast.team, after=brief, timeout=ANSWER_SECONDS)
    written = time.monotonic()
    await cast.art_director.presses(card, "✅")
    await cast.copywriter.sees(cast.art_director.user.full_name, chat=cast.team, after=card)
    return Checked(written - began, time.monotonic() - written)


async def check_voice(cast: DemoCast) -> CheckedVoice:
    """The same, spoken. Raises TimeoutError or LookupError."""
    began = time.monotonic()
    (spoken,) = await cast.art_director.sends(voice(SPOKEN.read_bytes(), seconds_of(SPOKEN.read_bytes())))
    await cast.art_director.sees("five slogans", after=spoken, timeout=ANSWER_SECONDS)
    heard = time.monotonic()
    card = await cast.art_director.sees(_is_card, after=spoken, timeout=ANSWER_SECONDS)
    written = time.monotonic()
    await cast.art_director.presses(card, "✅")
    await cast.art_director.sees(f"Approved by {cast.art_director.user.full_name}", after=spoken)
    return CheckedVoice(heard - began, written - heard, time.monotonic() - written)


def _is_card(message: Message) -> bool:
    return any("✅" in button.text for button in buttons(message))
