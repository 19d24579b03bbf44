"""A meeting for whole-bot tests: samples of speech one after the other, with pauses; and a house that works on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bot.job_tools import open_job_tools
from bot.listening import sweep_recordings
from bot.settings import Settings
from services.queue.ports import QueueName
from tests.e2e.house import House
from tests.e2e.speaking import TEXTS, listening_house
from tests.emulators.openai.said import Said
from tests.emulators.telegram.attachments import Attachment, audio
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import Wanted
from tests.fakes.sound_files import RATE, SHAPES, encoded, waves_of

TALK = ("idea-ru.ogg", "refine-ru.ogg", "ask-ru.ogg", "reject-ru.ogg", "again-ru.ogg")
PAUSE_SECONDS = 3.0


@cache
def meeting() -> tuple[bytes, tuple[Said, ...], int]:
    """M4A, what is said in it and when, and its length in seconds."""
    quiet = np.zeros(int(RATE * PAUSE_SECONDS), np.int16)
    parts, said, at = [quiet], [], PAUSE_SECONDS
    for name in TALK:
        waves = waves_of(name)
        said.append(Said(at, at + len(waves) / RATE, TEXTS[name]))
        at += len(waves) / RATE + PAUSE_SECONDS
        parts += [waves, quiet]
    assert all(one.end < other.start for one, other in pairwise(said))
    return encoded(np.concatenate(parts), SHAPES["m4a"]), tuple(said), int(at)


def recorded() -> Attachment:
    sound, _, seconds = meeting()
    return audio(sound, "planning.m4a", seconds)


@asynccontextmanager
async def meeting_house(data_dir: Path, redis_url: str | None, **changes: Any) -> AsyncIterator[House]:
    """With the delivery worker, and with what the heavy worker does beside its jobs."""
    given = {"voice_note_seconds": 3, "with_worker": True, **changes}
    async with listening_house(data_dir, redis_url, **given) as house:
        sound, said, _ = meeting()
        house.model.transcripts.add(sound, said)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(_work(house.settings, stop))
            try:
                yield house
            finally:
                stop.set()


async def _work(settings: Settings, stop: asyncio.Event) -> None:
    async with open_job_tools(settings, QueueName.HEAVY) as tools:
        await sweep_recordings(tools, stop)


async def sees(person: Person, wanted: Wanted, **where: Any) -> Any:
    return await person.sees(wanted, timeout=60, **where)
