"""What the settings say about drafts that are used again."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.settings import Settings
from services.assistant.ports import Clock
from services.assistant.stages.recall import CacheRules, Recall
from services.assistant.stages.settle import Settle
from services.caching.alike_briefs import AlikeBriefs
from services.caching.ports import TextVectors
from services.llm.service import LLMService
from services.store.ports import Store


def alike_briefs(settings: Settings, vectors: TextVectors | None) -> AlikeBriefs:
    """`vectors`: None where there is no model for search by meaning."""
    return AlikeBriefs(vectors if _is_semantic(settings) else None, settings.cache_lowest_likeness)


def recall_of(
    settings: Settings, store: Store, clock: Clock, llm: LLMService, settle: Settle, alike: AlikeBriefs
) -> Recall | None:
    """None: every draft is written anew."""
    if not settings.cache_hours:
        return None
    rules = CacheRules(timedelta(hours=settings.cache_hours), ZoneInfo(settings.timezone))
    return Recall(store, clock, llm, settle, alike, rules)


def _is_semantic(settings: Settings) -> bool:
    return bool(settings.cache_hours) and settings.semantic_cache != "off"
