"""A models process that listens, over real HTTP; and what is said to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from bot.models.served import Served
from bot.models.server import create_app
from services.transcription.short_first import ShortFirst
from services.transcription.whisper_listener import WhisperListener
from services.transcription.whisper_wire import LADDER, Setup
from tests.fakes.embedding_servers import get_json, serving, wait_until

AUDIO = Path(__file__).parents[3] / "data" / "audio"
VOICE = (AUDIO / "idea-ru.ogg").read_bytes()


def listener(checkpoint: Path | str, **options: Any) -> WhisperListener:
    setup = Setup(str(checkpoint), (str(Path(checkpoint).parent),), LADDER)
    return WhisperListener(setup, ShortFirst(), **options)


@contextmanager
def listening(*listeners: WhisperListener, warm: bool = True, **served: Any) -> Iterator[str]:
    """Base URL."""
    by_name = {each.name: each for each in listeners}
    with serving(create_app(Served(listeners=by_name, warm=frozenset(by_name if warm else ()), **served))) as url:
        yield url


def say(
    url: str, audio: bytes = VOICE, name: str = "voice.ogg", timeout: float = 110, **fields: str
) -> httpx2.Response:
    form = {"model": "", **fields}
    files = {"file": (name, audio, "audio/ogg")}
    return httpx2.post(f"{url}/v1/audio/transcriptions", data=form, files=files, timeout=timeout, trust_env=False)


def status_of(url: str, model: str) -> str:
    return next(str(card["status"]) for card in get_json(f"{url}/v1/models")[1]["data"] if card["id"] == model)


def settled(url: str) -> None:
    wait_until(lambda: get_json(f"{url}/healthz")[1]["status"] != "loading")
