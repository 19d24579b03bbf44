"""Do two briefs ask for the same? First rules, then the embedding model, in the languages in which the two together
were seen to tell."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loguru import logger

from services.caching.calibration import Calibration, judge, likeness
from services.caching.exam import exam_texts
from services.caching.guard import may_be_same
from services.caching.normal_form import normal_form
from services.caching.ports import TextVectors
from services.domain.errors import CallRefused, KnowledgeUnavailable
from services.domain.language import Language, detect_language
from services.domain.usage import CallContext

_TASK = "cache_exam"
_PATIENCE_SECONDS = 2.0
"""A person waits: a model that is slower than that is not asked again for this brief."""
_PAUSES_SECONDS = (1.0, 10.0, 60.0)


@dataclass(frozen=True, slots=True)
class Alikeness:
    """What is known of the model at hand."""

    code: str
    """off | loading | ready"""
    alike: frozenset[Language] = frozenset()
    """Languages in which other words for the same brief are recognised; in the others only the same words are."""
    model: str = ""

    @property
    def facts(self) -> Mapping[str, str]:
        exact = frozenset(Language) - self.alike
        facts = {"model": self.model, "alike": _codes(self.alike), "exact": _codes(exact)}
        return {name: value for name, value in facts.items() if value}


class AlikeBriefs:
    def __init__(self, vectors: TextVectors | None, lowest: float = 0.0) -> None:
        """`vectors`: None where only the same words are the same brief. `lowest`: likeness that is asked for even where
        less was found to do."""
        self._vectors = vectors
        self._lowest = lowest
        self._calibration: Calibration | None = None

    @property
    def state(self) -> Alikeness:
        if self._vectors is None:
            return Alikeness("off")
        if self._calibration is None:
            return Alikeness("loading", model=self._vectors.model)
        return Alikeness("ready", frozenset(self._calibration.floors), self._vectors.model)

    async def warm_up(self, pauses: Sequence[float] = _PAUSES_SECONDS) -> None:
        """Examine the model, which must have been warmed up. Until then, and if it cannot be had, only the same words
        are the same brief."""
        for pause in (*pauses, None):
            try:
                await self.learn()
            except (KnowledgeUnavailable, CallRefused) as error:
                logger.warning("the cache stays exact: the embedding model could not be examined ({})", error.code)
            else:
                return
            if pause is not None:
                await asyncio.sleep(pause)

    async def learn(self) -> None:
        """Raises KnowledgeUnavailable."""
        if self._vectors is None:
            logger.info("the cache is exact: no embedding model")
            return
        known = self._vectors.languages
        texts = exam_texts(known)
        vectors = await self._vectors.embed_queries(texts, CallContext(_TASK)) if texts else []
        self._calibration = judge(dict(zip(texts, vectors, strict=True)), known)
        alike, model = frozenset(self._calibration.floors), self._vectors.model
        for language in Language:
            if language in alike:
                floor = max(self._calibration.floors[language], self._lowest)
                logger.info("cache: alike briefs are recognised in {} from {:.2f} ({})", language.value, floor, model)
            else:
                logger.info("cache: exact in {}: {} cannot tell alike briefs apart", language.value, model)

    def form(self, text: str) -> str:
        """Key: briefs of different forms are never the same."""
        return normal_form(text).key

    async def same(self, one: str, other: str, context: CallContext) -> bool:
        """False where it cannot be told now."""
        language = detect_language(one)
        if self._vectors is None or self._calibration is None or language not in self._calibration.floors:
            return False
        if not may_be_same(one, other):
            return False
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                first, second = await self._vectors.embed_queries([one, other], context)
        except (TimeoutError, KnowledgeUnavailable, CallRefused):
            return False
        return likeness(first, second) >= max(self._calibration.floors[language], self._lowest)


def _codes(languages: frozenset[Language]) -> str:
    return ",".join(sorted(language.value for language in languages))
