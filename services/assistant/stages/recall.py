"""A draft that was written before, for the same brief: shown instead of a new one, and marked so.

Never for a wish for another draft (regenerate, refine, retry). A draft into which a person's own material went is found
by that person alone.
"""

from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from functools import partial

from loguru import logger

from services.assistant.ports import Card, Clock
from services.assistant.stages.compose import Composed
from services.assistant.stages.run import Run
from services.assistant.stages.settle import Settle
from services.caching.alike_briefs import AlikeBriefs
from services.caching.keys import Request, plain_text
from services.domain.asked_filters import read_filters
from services.domain.brief import Task
from services.domain.cached_draft import CachedDraft, CacheKind
from services.domain.errand import Errand
from services.domain.errors import StoreUnavailable
from services.domain.generation import Generation
from services.domain.idea import Draft
from services.domain.knowledge import Hit, SearchFilters
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.llm.service import LLMService
from services.retrieval.service import TASK
from services.store.ports import Store, Transaction

_ALIKE_TRIED = 3


@dataclass(frozen=True, slots=True)
class Occasion:
    """An attempt that may be answered by an older one."""

    knowledge_version: str
    """As it was before the search."""
    is_private: bool
    """The person's own material goes into it."""


@dataclass(frozen=True, slots=True)
class Original:
    kind: CacheKind
    generation: Generation
    hits: tuple[Hit, ...]
    cost_microusd: int
    """Zero where a price is not known."""


@dataclass(frozen=True, slots=True)
class Sought:
    entry: CachedDraft
    """As this attempt's draft will be found, once it is written."""
    model: str
    provider: str
    composed: Composed
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class CacheRules:
    keep_for: timedelta
    """Zero: no draft is used twice."""
    zone: tzinfo
    """In which the days of the ledger begin."""


def _filters(run: Run, text: str) -> SearchFilters:
    return read_filters(text).filters if run.brief.task is Task.ASK else SearchFilters()


def _nobody_waits(run: Run) -> CallContext:
    """Of no lease: a run that is over may end its question."""
    return replace(run.call_context, task=TASK, lease_token=None)


class Recall:
    def __init__(
        self, store: Store, clock: Clock, llm: LLMService, settle: Settle, alike: AlikeBriefs, rules: CacheRules
    ) -> None:
        self._store = store
        self._clock = clock
        self._llm = llm
        self._settle = settle
        self._alike = alike
        self._rules = rules

    async def open(self, run: Run) -> Occasion | None:
        """Before the search. None: a new draft is wanted, whatever was written before."""
        generation = run.generation
        is_wished_anew = generation.parent_id or generation.chip or generation.instruction or run.token > 1
        if is_wished_anew or not self._rules.keep_for:
            return None
        address = run.brief.address
        try:
            async with self._store.reading() as tx:
                version = await tx.cached_drafts.knowledge_version(run.project.id)
                spoken = address.message_id and await tx.recordings.carried_by(address.chat_id, address.message_id)
        except StoreUnavailable:
            return None
        return Occasion(version, is_private=bool(run.brief.material or spoken))

    async def seek(self, run: Run, occasion: Occasion, composed: Composed) -> Sought | None:
        """None: the draft that will be written cannot be kept either."""
        sought = self._described(run, occasion, composed)
        if sought is None:
            return None
        try:
            return await self._found(run, sought)
        except StoreUnavailable:
            return None

    async def show(self, run: Run, sought: Sought, original: Original) -> Card:
        """The older draft as this attempt's outcome. Raises LeaseLost."""
        draft = original.generation.draft or Draft()
        logger.info("the draft of generation {} is shown again ({})", original.generation.id, original.kind.value)
        write_down = partial(self._write_down, run, sought, original)
        return await self._settle.succeeded(run, draft, Usage(), before=write_down)

    async def keep(self, run: Run, sought: Sought, draft: Draft) -> None:
        """The draft is written and settled: the same brief may be answered with it."""
        if draft.raw_text is not None or draft.is_empty or not draft.found:
            return
        try:
            async with self._store.transaction() as tx:
                written = await tx.generations.get(run.id)
                if written is not None and written.model == sought.model:  # not what a fallback wrote
                    await tx.cached_drafts.keep(sought.entry)
        except StoreUnavailable:
            logger.warning("the draft is not kept for the next one who asks: the database is away")

    def _described(self, run: Run, occasion: Occasion, composed: Composed) -> Sought | None:
        prompt = composed.prompt
        route = self._llm.first_route(prompt.role)
        if route is None:
            return None
        is_private = occasion.is_private or (run.brief.task is Task.ASK and bool(composed.told.get("history")))
        owner = run.member.id if is_private else None
        request = Request(
            run.project.id,
            owner,
            prompt.release,
            f"{route.provider}/{route.model}",
            {"role": prompt.role.value, **prompt.parameters.as_dict()},
            run.brief.text,
            composed.told,
            [hit.passage.id for hit in composed.hits],
        )
        entry = CachedDraft(
            run.project.id,
            owner,
            request.exact_key(),
            request.shelf(occasion.knowledge_version),
            self._alike.form(run.brief.text),
            run.id,
            run.brief.text,
        )
        return Sought(entry, route.model, route.provider, composed)

    async def _found(self, run: Run, sought: Sought) -> Sought:
        entry, since = sought.entry, self._clock.now() - self._rules.keep_for
        async with self._store.reading() as tx:
            if await tx.halts.is_halted(run.project.id):
                return sought  # nothing is generated: the ledger says so
            same = await tx.cached_drafts.exact(entry.exact_key, since)
            alike = [] if same else await tx.cached_drafts.alike(entry.shelf, entry.form, since, _ALIKE_TRIED)
        found, kind = same, CacheKind.EXACT
        for candidate in alike:
            kind_of_candidate = await self._kind(run, candidate)
            if kind_of_candidate is not None:
                found, kind = candidate, kind_of_candidate
                break
        if found is None:
            return sought
        async with self._store.reading() as tx:
            original = await tx.generations.get(found.generation_id)
            hits = await tx.passages_used.hits(found.generation_id)
            cost = await tx.cached_drafts.paid_for(found.generation_id)
        if original is None or original.draft is None:
            return sought
        return Sought(
            entry, sought.model, sought.provider, sought.composed, Original(kind, original, tuple(hits), cost or 0)
        )

    async def _kind(self, run: Run, candidate: CachedDraft) -> CacheKind | None:
        """Of the same shelf, the same words are the same brief, even if the search gave other passages because one of
        its legs was out of reach."""
        if plain_text(candidate.text) == plain_text(run.brief.text):
            return CacheKind.EXACT
        if _filters(run, candidate.text) != _filters(run, run.brief.text):
            return None
        if await self._alike.same(candidate.text, run.brief.text, _nobody_waits(run)):
            return CacheKind.SEMANTIC
        return None

    async def _write_down(self, run: Run, sought: Sought, original: Original, tx: Transaction) -> None:
        now = self._clock.now()
        parameters = original.generation.parameters | {
            "cache": original.kind.value,
            "cached_from": original.generation.id,
        }
        release = sought.composed.prompt.release
        await tx.passages_used.replace(run.id, original.hits)
        await tx.generations.set_prompt(run.id, run.token, release, sought.model, parameters)
        errand = Errand(
            run.call_context, sought.provider, sought.model, release, role=sought.composed.prompt.role.value
        )
        call = await tx.calls.start(errand, now.astimezone(self._rules.zone).date())
        saved = CallReport(
            CallOutcome.OK,
            Usage(),
            0,
            latency_ms=0,
            cache=original.kind.value,
            saved_microusd=original.cost_microusd,
        )
        await tx.calls.finish(call, saved)
