"""What /status says about listening."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.settings import Settings
from bot.transcription import transcription_routes
from bot.transcription_probe import transcription_status

Make = Callable[..., Settings]
NOWHERE = "http://127.0.0.1:1"


@contextmanager
def models_process(**states: str) -> Iterator[str]:
    cards = [{"id": name, "status": status} for name, status in states.items()]
    payload = json.dumps({"data": cards}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/v1/models"
            self.send_response_only(200)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()
        thread.join()


async def told(settings: Settings) -> tuple[bool, str, object]:
    async with AsyncExitStack() as stack:
        status = await transcription_status(settings, transcription_routes(settings, stack))
    assert status.name == "transcription"
    return status.ok, status.detail_code, status.facts.get("model")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("ready", (True, "ready", "small")),
        ("resting", (True, "ready", "small")),
        ("loading", (False, "loading", "small")),
        ("failed", (False, "unavailable", "small")),
    ],
)
async def test_a_model_of_this_machine(make_settings: Make, state: str, expected: tuple[bool, str, str]) -> None:
    with models_process(small=state) as url:
        assert await told(make_settings(transcription_model="small", models_url=url)) == expected


async def test_the_fallback_that_listens_is_named(make_settings: Make) -> None:
    both = {"transcription_model": "small", "transcription_fallbacks": ("openai:whisper-1",), "openai_api_key": "sk-1"}
    with models_process(small="failed") as url:
        assert await told(make_settings(**both, models_url=url)) == (False, "by_fallback", "whisper-1")
    assert await told(make_settings(**both, models_url=NOWHERE)) == (False, "by_fallback", "whisper-1")
    assert await told(make_settings(**both)) == (False, "by_fallback", "whisper-1")


async def test_api_none_and_nobody(make_settings: Make) -> None:
    api = make_settings(transcription_model="openai:whisper-1", openai_api_key="sk-1")
    assert await told(api) == (True, "ready", "whisper-1")
    assert await told(make_settings(transcription_model="none")) == (True, "off", None)
    assert await told(make_settings(transcription_model="small")) == (False, "not_configured", "small")
