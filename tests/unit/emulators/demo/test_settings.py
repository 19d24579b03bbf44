"""What the demo starts the product with: its own chats and data, whatever the person's settings say."""

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from tests.emulators.demo.folder import FolderTaken, demo_folder
from tests.emulators.demo.listeners import listen
from tests.emulators.demo.settings import ADMIN_ID, TOKEN, choose, product_environment
from tests.emulators.telegram.demo_cast import PRODUCER_ID

HERE = {"telegram_url": "http://127.0.0.1:1", "model_url": "http://127.0.0.1:2/v1", "data_dir": Path("/demo/data")}


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def environment(given: Settings) -> dict[str, str]:
    return dict(product_environment(given, choose(given, None), **HERE))  # type: ignore[arg-type]


def test_nothing_of_a_real_installation_is_touched() -> None:
    real = settings(
        telegram_bot_token=SecretStr("1:real"),
        admin_ids="42",
        database_url="postgresql://db/muza",
        redis_url="redis://queue",
        chroma_url="http://chroma",
        data_dir=Path("/var/muza"),
    )
    started_with = environment(real)
    assert started_with["TELEGRAM_BOT_TOKEN"] == TOKEN
    assert started_with["ADMIN_IDS"] == str(ADMIN_ID) == str(PRODUCER_ID)
    assert started_with["DATA_DIR"] == "/demo/data"
    assert [started_with[name] for name in ("DATABASE_URL", "REDIS_URL", "CHROMA_URL", "MODELS_URL")] == [""] * 4
    assert set(started_with) >= {name.upper() for name in Settings.model_fields}, "an empty value hides the shell's own"


def test_without_a_key_the_demo_writer_writes() -> None:
    started_with = environment(settings())
    assert started_with["OPENAI_BASE_URL"] == HERE["model_url"]
    assert choose(settings(), None).real_model is None


def test_a_key_or_an_address_brings_the_real_model() -> None:
    real = settings(openai_base_url="http://127.0.0.1:11434/v1", model_smart="qwen3:14b", model_fallbacks="a,b")
    started_with = environment(real)
    assert choose(real, None).real_model == "qwen3:14b"
    assert started_with["OPENAI_BASE_URL"] == "http://127.0.0.1:11434/v1"
    assert started_with["MODEL_SMART"] == "qwen3:14b"
    assert started_with["MODEL_FALLBACKS"] == "a,b"
    assert environment(settings(openai_api_key=SecretStr("sk")))["OPENAI_API_KEY"] == "sk"


def test_the_demo_listens_and_speaks_without_any_model() -> None:
    started_with = environment(settings())
    assert started_with["TRANSCRIPTION_MODEL"] == "openai:whisper-1"
    assert started_with["SPEECH_MODEL"] == "openai:gpt-4o-mini-tts"
    assert started_with["TRANSCRIPTION_BASE_URL"] == started_with["SPEECH_BASE_URL"] == HERE["model_url"]
    assert choose(settings(transcription_model="large-v3"), None).real_listener is None, "nothing is to be downloaded"


def test_a_real_model_listens_when_it_is_openai_s_or_was_named() -> None:
    openai = settings(openai_api_key=SecretStr("sk"))
    assert choose(openai, None).real_listener == "openai:whisper-1"
    assert environment(openai)["TRANSCRIPTION_BASE_URL"] == ""
    ollama = settings(openai_base_url="http://127.0.0.1:11434/v1")
    assert choose(ollama, None).real_listener is None
    assert environment(ollama)["TRANSCRIPTION_BASE_URL"] == HERE["model_url"]
    named = settings(
        openai_base_url="http://127.0.0.1:11434/v1",
        transcription_model="openai:parakeet",
        transcription_base_url="http://127.0.0.1:9000/v1",
        transcription_api_key=SecretStr("tr"),
    )
    assert choose(named, None).real_listener == "openai:parakeet"
    assert environment(named)["TRANSCRIPTION_API_KEY"] == "tr"
    assert environment(named)["SPEECH_MODEL"] == ""


def test_an_embedding_model_that_was_asked_for_is_used() -> None:
    assert choose(settings(embedding_model="openai:small"), None).embedding_model == "openai:small"
    assert choose(settings(embedding_model="openai:small"), "none").embedding_model == "none"


def test_a_taken_port_gives_the_next_one() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with listen(port) as next_one:
            assert next_one.getsockname()[1] > port
            assert isinstance(next_one, socket.socket)


def test_one_demo_at_a_time_and_afresh_each_time(tmp_path: Path) -> None:
    left_over = tmp_path / "data" / "muza.db"
    left_over.parent.mkdir()
    left_over.touch()
    with demo_folder(tmp_path, keep=True), pytest.raises(FolderTaken), demo_folder(tmp_path, keep=False):
        raise AssertionError("two demos in one folder")
    assert left_over.exists()
    with demo_folder(tmp_path, keep=False):
        assert not left_over.exists()
