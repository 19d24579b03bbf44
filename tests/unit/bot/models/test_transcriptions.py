"""POST /v1/audio/transcriptions, around openai-whisper with a checkpoint that the tests make."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from bot.models.upload import MOST_BYTES
from services.transcription.openai_listener import OpenAIListener
from services.transcription.ports import ListenRequest
from tests.fakes.embedding_servers import get_json
from tests.fixtures_whisper import SAID
from tests.unit.bot.models.listening import AUDIO, VOICE, listener, listening, say, settled

pytestmark = pytest.mark.local_models


@pytest.fixture(scope="module")
def url(speaking_checkpoint: Path) -> Iterator[str]:
    with listening(listener(speaking_checkpoint)) as url:
        settled(url)
        yield url


def test_a_voice_note_becomes_text(url: str) -> None:
    answer = say(url)
    assert (answer.status_code, answer.json()["text"]) == (200, SAID)
    assert answer.json()["usage"] == {"type": "duration", "seconds": 6}


def test_openais_own_client_understands_the_long_form(url: str, speaking_checkpoint: Path) -> None:
    with openai.OpenAI(api_key="none", base_url=f"{url}/v1", max_retries=0) as client:
        heard = client.audio.transcriptions.create(
            model=str(speaking_checkpoint),
            file=("voice.ogg", VOICE),
            response_format="verbose_json",
            language="ru",
            timestamp_granularities=["segment"],
        )
    assert (heard.text, heard.language) == (SAID, "russian")
    assert heard.duration == pytest.approx(5.35, abs=0.1)
    assert heard.segments is not None
    (segment,) = heard.segments
    assert (segment.start, segment.end, segment.text.strip()) == (0.0, 2.0, SAID)
    assert -0.1 < segment.avg_logprob <= 0.0
    assert segment.no_speech_prob < 0.1
    assert segment.compression_ratio > 0.1
    assert heard.usage is not None
    assert heard.usage.seconds == 6


async def test_the_products_own_listener_understands_it(url: str, speaking_checkpoint: Path) -> None:
    own = OpenAIListener("local", None, f"{url}/v1", own_server=True)
    heard = await own.listen(ListenRequest(str(speaking_checkpoint), VOICE, 5_350))
    await own.aclose()
    (segment,) = heard.segments
    assert (heard.text, heard.language, segment.start_ms, segment.end_ms) == (SAID, "ru", 0, 2_000)
    assert segment.no_speech_prob is not None
    assert heard.usage is not None
    assert heard.usage.audio_ms == 6_000


def test_plain_text(url: str) -> None:
    answer = say(url, response_format="text")
    assert (answer.text, answer.headers["content-type"].partition(";")[0]) == (f"{SAID}\n", "text/plain")


def test_a_prompt_reaches_the_model(url: str) -> None:
    """What this checkpoint says depends on the place alone, and a prompt moves the places."""
    assert say(url, prompt="Тихий час").json()["text"] != SAID


def test_any_codec(url: str) -> None:
    assert say(url, (AUDIO / "jfk.flac").read_bytes(), "jfk.flac").json()["text"] == SAID


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"response_format": "vtt"}, 400, "invalid_input"),
        ({"temperature": "hot"}, 400, "invalid_input"),
        ({"temperature": "2"}, 400, "invalid_input"),
        ({"temperature": "nan"}, 400, "invalid_input"),
        ({"language": "elvish"}, 400, "invalid_input"),
        ({"model": "another"}, 404, "model_not_found"),
        ({"prompt": "x" * 70_000}, 400, "invalid_input"),
    ],
)
def test_what_cannot_be_served_is_refused_in_openais_form(
    url: str, fields: dict[str, Any], status: int, code: str
) -> None:
    answer = say(url, **fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (status, code, "invalid_request_error")


@pytest.mark.parametrize(
    "audio",
    [b"", b"no sound at all", VOICE[:60], (AUDIO / "LICENSE.jfk").read_bytes()],
    ids=["empty", "words", "head", "file"],
)
def test_bytes_without_sound_are_the_senders_mistake(url: str, audio: bytes) -> None:
    answer = say(url, audio)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "audio_unreadable")
    assert say(url).json()["text"] == SAID


def test_what_is_cut_off_is_heard_as_far_as_it_goes(url: str) -> None:
    assert say(url, VOICE[: len(VOICE) // 2]).json()["text"] == SAID


def test_a_form_without_a_file_and_no_form_at_all(url: str) -> None:
    address = f"{url}/v1/audio/transcriptions"
    for answer in (
        httpx2.post(address, data={"model": "x"}, files={"sound": ("a.ogg", VOICE)}, trust_env=False),
        httpx2.post(address, json={"file": "voice.ogg"}, trust_env=False),
        httpx2.post(address, content=b"--", headers={"content-type": "multipart/form-data"}, trust_env=False),
        httpx2.post(
            address, content=b"x", headers={"content-type": "multipart/form-data; boundary=b"}, trust_env=False
        ),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")


def test_a_file_that_is_too_large_is_refused_before_it_is_all_here(url: str) -> None:
    answer = say(url, bytes(MOST_BYTES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "file_too_large")


def test_the_card_and_the_health_of_the_model(url: str, speaking_checkpoint: Path) -> None:
    (card,) = get_json(f"{url}/v1/models")[1]["data"]
    assert (card["id"], card["status"], card["task"]) == (str(speaking_checkpoint), "ready", "transcription")
    status, health = get_json(f"{url}/healthz")
    assert (status, health["status"], health["models"][0]["task"]) == (200, "ready", "transcription")
