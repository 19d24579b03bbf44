"""Which briefs are answered with a draft that is there already? As far as the settings tell: the model's exam is the
bot's."""

from bot.doctor.finding import Finding, ok
from bot.model_kinds import EmbeddingKind
from bot.settings import Settings


def check_cache(settings: Settings) -> list[Finding]:
    kind, model = settings.embedding_kind, settings.embedding_model
    if not settings.cache_hours:
        return [ok("cache_off")]
    if settings.semantic_cache == "off" or kind is EmbeddingKind.NONE:
        return [ok("cache_exact")]
    if kind is EmbeddingKind.BUNDLED:
        return [ok("cache_english", model=model)]
    return [ok("cache_by_exam", model=model)]
