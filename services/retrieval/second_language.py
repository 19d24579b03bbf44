"""A question in the other language: asked only where its own words find little and documents in the other are there."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from services.domain.errors import StoreUnavailable
from services.domain.language import Language, detect_language
from services.domain.usage import CallContext
from services.retrieval.ballot import DENSE, KEYWORD, Ballot, Wanted

WEAK = 0.5
"""Keyword score of a best passage below which the answer may stand in the other language. One of nine questions that
are answered in their own has none better, three of four of those that are not. At 0.4 the questions whose answer stands
in the other language have a recall@5 of 0.72 instead of 0.84, with perfect translations."""
WEIGHT = 0.8
"""Of the translation's votes: a model's choice of words is not the person's. At 1.0 those that are answered in their
own language lose recall, at 0.6 the others do."""
_LONGEST = 400
"""Characters. A longer text is a brief that finds something in any language."""
_REMEMBERED_SECONDS = 30.0
"""How long a project is taken to have documents in the languages it had."""
_OTHER = {Language.RUSSIAN: Language.ENGLISH, Language.ENGLISH: Language.RUSSIAN}


class QueryTranslator(Protocol):
    async def translate(self, query: str, into: Language, asked_by: CallContext) -> str | None:
        """None: not now, and soon. Never raises for a model that is away, slow or not to be asked."""
        ...


class LanguagesOf(Protocol):
    async def languages(self, project_id: int) -> frozenset[Language]:
        """In which the project has documents. Raises StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    languages: frozenset[Language]
    until: float


class SecondLanguage:
    def __init__(self, translator: QueryTranslator | None, source: LanguagesOf) -> None:
        self._translator = translator
        self._source = source
        self._known: dict[int, _Known] = {}

    async def query_for(
        self, wanted: Wanted, ballots: Sequence[Ballot], read: frozenset[Language], asked_by: CallContext
    ) -> str | None:
        """The translated query; None where it would not help, or cannot be had. `read`: languages in which the
        embedding model tells texts apart: one that reads both needs no translation."""
        if self._translator is None or len(wanted.query) > _LONGEST or not _is_weak(ballots, read):
            return None
        spoken = detect_language(wanted.query)
        into, languages = _OTHER[spoken], await self._languages(wanted.project_id)
        if into not in languages or (spoken in languages and not wanted.in_all_languages):
            return None
        translated = await self._translator.translate(wanted.query, into, asked_by)
        return translated if translated and detect_language(translated) is into else None

    async def _languages(self, project_id: int) -> frozenset[Language]:
        known = self._known.get(project_id)
        if known is None or time.monotonic() >= known.until:
            try:
                found = await self._source.languages(project_id)
            except StoreUnavailable:
                return frozenset()
            self._known[project_id] = known = _Known(found, time.monotonic() + _REMEMBERED_SECONDS)
        return known.languages


def as_translated(ballot: Ballot) -> Ballot:
    return replace(ballot, leg=f"translated {ballot.leg}", weight=WEIGHT, problem=None, failed=False)


def _is_weak(ballots: Sequence[Ballot], read: frozenset[Language]) -> bool:
    by_leg = {ballot.leg: ballot for ballot in ballots}
    keyword, dense = by_leg.get(KEYWORD), by_leg.get(DENSE)
    if keyword is None or keyword.failed:
        return False
    if dense is not None and dense.found and frozenset(Language) <= read:
        return False
    return not keyword.found or keyword.found[0].score < WEAK
