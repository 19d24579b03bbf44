"""Which servers this machine must run for itself: those that are needed and have no URL."""

from loguru import logger

from bot.embedded.chroma import embedded_chroma
from bot.embedded.models import embedded_models, listens_here, missing_for_listening, missing_packages, reranks_here
from bot.embedded.service import EmbeddedService
from bot.embedded.valkey import ValkeyUnavailable, embedded_valkey
from bot.model_kinds import EmbeddingKind
from bot.settings import Settings


def plan_redis(settings: Settings) -> list[EmbeddedService]:
    """Without a server for this system the bot works on, without queue and shared limits: said, not fatal."""
    if settings.redis_url:
        return []
    try:
        return [embedded_valkey(settings)]
    except ValkeyUnavailable as error:
        logger.error("No embedded Redis: {}. Set REDIS_URL.", error)
        return []


def plan_models(settings: Settings) -> list[EmbeddedService]:
    """What search by meaning and listening on this machine need; empty for keyword search and voice by API alone."""
    is_searching, is_embedding = _search(settings)
    is_listening = not settings.models_url and _listens(settings)
    chroma = [embedded_chroma(settings)] if is_searching and not settings.chroma_url else []
    is_ranking = not settings.models_url and reranks_here(settings)
    return [*chroma, embedded_models(settings)] if is_embedding or is_listening or is_ranking else chroma


def plan_search(settings: Settings) -> list[EmbeddedService]:
    """What search by meaning needs; empty for keyword search alone."""
    return plan_models(settings.model_copy(update={"transcription_model": "none", "transcription_fallbacks": ()}))


def _search(settings: Settings) -> tuple[bool, bool]:
    """Can it go by meaning, and is a model of this machine needed for it?"""
    if settings.embedding_kind is EmbeddingKind.NONE:
        return False, False
    is_local = settings.embedding_kind is not EmbeddingKind.API and not settings.models_url
    if is_local and (missing := missing_packages(settings)):
        logger.warning(
            "EMBEDDING_MODEL={} needs local models, which are not installed ({}): keyword search only. "
            "Run `make local`, or set EMBEDDING_MODEL to openai:<model> or none.",
            settings.embedding_model,
            ", ".join(missing),
        )
        return False, False
    return True, is_local


def _listens(settings: Settings) -> bool:
    missing = missing_for_listening(settings)
    if missing:
        logger.warning(
            "TRANSCRIPTION_MODEL={} needs local models, which are not installed ({}): voice is not understood by them. "
            "Run `make local`, or set TRANSCRIPTION_MODEL to openai:<model> or none.",
            settings.transcription_model,
            ", ".join(missing),
        )
    return listens_here(settings) and not missing


def with_urls(settings: Settings, services: list[EmbeddedService]) -> Settings:
    """Settings in which the given servers have their URLs."""
    return settings.model_copy(update={service.setting.lower(): service.url for service in services})
