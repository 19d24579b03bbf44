"""One brief through the whole product: from /idea in the group to an approved draft."""

import time
from dataclasses import dataclass

from aiogram.types import Message

from tests.emulators.telegram.demo_cast import DemoCast
from tests.emulators.telegram.keyboards import buttons

ANSWER_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Checked:
    idea_seconds: float
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


def _is_card(message: Message) -> bool:
    return any("✅" in button.text for button in buttons(message))
