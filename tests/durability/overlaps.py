"""Two owners of one attempt at the same time, forced: the first one stalls, the second takes over, the first wakes up
and tries to write everything that a run writes."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from services.assistant.stages.claim import LEASE, Lease
from services.assistant.stages.compose import Composed
from services.assistant.stages.deliver import Deliver
from services.assistant.stages.inherit import Inherit
from services.assistant.stages.run import LeaseLost, Run
from services.assistant.stages.settle import Settle
from services.assistant.stages.write import WriteDraft
from services.calling.retry import RetryPolicy
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.errand import Errand
from services.domain.errors import StaleAction
from services.domain.generation import Generation, PromptRelease
from services.domain.idea import Draft, Idea
from services.domain.knowledge import Citation
from services.domain.prompt import Message, ModelRole, RenderedPrompt, SamplingParameters
from services.domain.turn import Turn
from services.domain.usage import Usage
from services.llm.draft_reader import DraftReader
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.clock import ManualClock
from tests.fakes.presenter import RecordedScreen
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter
from tests.store_rows import a_brief, a_hit, passages_of
from tests.unit.services.assistant.workshop import until

PROMPT = RenderedPrompt(
    (Message("user", "a brief of five words"),), PromptRelease("idea", "1", "0" * 64), ModelRole.SMART,
    SamplingParameters(),
)  # fmt: skip
STALE, FRESH = "stale", "fresh"
Writes = dict[str, Callable[[], Awaitable[Any]]]
"""What an owner without a lease tries, by name."""


@dataclass
class OverlapReport:
    overlaps: int = 0
    tried: int = 0
    """Writes that an owner without a lease tried."""
    stale_writes: int = 0
    """Of those, how many changed a row, or were told that they had."""
    not_stopped: list[str] = field(default_factory=list)
    """Names of writes that went through."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything in the database that belongs to the attempt, but the ledger, which each call settles for itself."""

    generation: Generation | None
    citations: Sequence[Citation]
    scores: tuple[float, ...]
    turns: Sequence[Turn]


@dataclass
class Side:
    """One owner: its own lease, model and stages over the shared store."""

    store: Store
    clock: ManualClock
    name: str
    model: ScriptedChatModel
    ledger: SqlLedger

    def __post_init__(self) -> None:
        self.lease = Lease(self.store, self.clock, self.name)
        self.llm = LLMService(
            plan_routes(self.model, "smart", "fast"),
            ledger=self.ledger,
            breaker=MemoryBreaker(),
            prices=FlatPriceList(),
            counter=WordCounter(),
            policy=RetryPolicy(max_tries=1),
        )
        self.write = WriteDraft(self.llm, self.store, self.lease)
        self.settle = Settle(self.store, self.clock)
        self.deliver = Deliver(self.store)
        self.inherit = Inherit(self.llm, self.lease)

    def composed(self) -> Composed:
        (passage,) = passages_of([f"what {self.name} was shown"])
        passage = replace(passage, id=f"{self.name}-passage", title=self.name, source=f"{self.name}.md")
        return Composed(PROMPT, (a_hit(passage, 0.9 if self.name == FRESH else 0.1),))

    async def writes(self, run: Run) -> None:
        """The model's answer from the first word to the complete text, with all that is saved on the way."""
        screen = RecordedScreen(run.id, None)
        await self.write(run, self.composed(), DraftReader(Task.IDEA), screen)


async def force_overlaps(store: Store, times: int) -> OverlapReport:
    """`times` attempts, each with a stalled and a fresh owner. How far the fresh one has come when the stalled one
    wakes up changes from one to the next: see _STEPS; the last of them lets both write at the same time."""
    report, clock = OverlapReport(), ManualClock()
    for number in range(times):
        await _overlap(store, clock, _STEPS[number % len(_STEPS)], report)
        report.overlaps += 1
    return report


async def _overlap(store: Store, clock: ManualClock, how_far: str, report: OverlapReport) -> None:
    brief = await a_brief(store)
    async with store.transaction() as tx:
        attempt = await tx.generations.add(brief.id, brief.member_id, reply_to=brief.address)
    held = asyncio.Event()
    ledger = SqlLedger(store)
    slow = ScriptedChatModel([Answer([_text(STALE)[:20], held, _text(STALE)[20:]])])
    stalled = Side(store, clock, STALE, slow, ledger)
    run = await stalled.lease.take(attempt.id)
    assert run is not None
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(_told(stalled.writes(run)))  # its request is under way when it stalls
        await until(lambda: bool(slow.requests))
        clock.advance(seconds=LEASE.total_seconds() + 1)
        fresh = Side(store, clock, FRESH, ScriptedChatModel([answer(_text(FRESH))]), ledger)
        heir = await fresh.lease.take(attempt.id)
        assert heir is not None
        ahead = group.create_task(_goes(fresh, heir, how_far))
        if how_far != "at once":
            await ahead
        before = await _picture(store, attempt.id, brief.address)
        held.set()
        await _tries_everything(stalled, run, report)
        report.tried += 1
        _count(report, "stream", await writing)
        await ahead
    after = await _picture(store, attempt.id, brief.address)
    if how_far != "at once" and after != before:
        _count(report, f"rows ({how_far})", told_done=True)
    if STALE in json.dumps(asdict(after), default=str):
        _count(report, f"traces ({how_far})", told_done=True)


async def _goes(fresh: Side, heir: Run, how_far: str) -> None:
    await fresh.inherit(heir)
    if how_far == "claimed":
        return
    await fresh.deliver.record(heir.generation).placed(heir.brief.address.at(77), instead_of=None)
    if how_far == "placeholder":
        return
    await fresh.writes(heir)
    if how_far in ("settled", "at once"):
        await fresh.settle.succeeded(heir, _draft(FRESH), Usage(1, 0, 1))


_STEPS = ("claimed", "placeholder", "text complete", "settled", "at once")


async def _tries_everything(stalled: Side, run: Run, report: OverlapReport) -> None:
    for name, write in (_through_the_stages(stalled, run) | _past_the_stages(stalled, run)).items():
        report.tried += 1
        _count(report, name, await _told(write()))
    await stalled.lease.give_back(run)


def _through_the_stages(stalled: Side, run: Run) -> Writes:
    screen = stalled.deliver.record(run.generation)

    async def keeps_its_lease() -> None:
        nudge = asyncio.Event()
        nudge.set()
        await stalled.lease.keep(run, nudge)

    async def replaces_passages() -> None:
        async with stalled.lease.writing(run) as tx:
            await tx.passages_used.replace(run.id, stalled.composed().hits)

    async def remembers_a_turn() -> None:
        async with stalled.lease.writing(run) as tx:
            address = run.brief.address
            await tx.turns.add(Turn(address, "assistant", STALE, stalled.clock.now(), None, run.id))

    return {
        "keeping": keeps_its_lease,
        "model call": lambda: stalled.ledger.start(Errand(run.call_context, "scripted", "smart")),
        "placeholder": lambda: screen.placed(run.brief.address.at(13), instead_of=None),
        "further messages": lambda: screen.continued([14, 15]),
        "passages": replaces_passages,
        "turn": remembers_a_turn,
        "success": lambda: stalled.settle.succeeded(run, _draft(STALE), Usage(9, 9, 9)),
        "failure": lambda: stalled.settle.failed(run, StaleAction(STALE, state=STALE)),
    }


def _past_the_stages(stalled: Side, run: Run) -> Writes:
    """At the store's own statements."""
    store, token = stalled.store, run.token

    async def renews() -> bool:
        async with store.transaction() as tx:
            return await tx.generations.renew(run.id, token, stalled.clock.now() + timedelta(hours=1))

    async def saves_text() -> bool:
        async with store.transaction() as tx:
            return await tx.generations.save_text(run.id, token, STALE, complete=True, usage=Usage(9, 9, 9))

    async def sets_prompt() -> bool:
        async with store.transaction() as tx:
            release = PromptRelease(STALE, STALE, STALE)
            return await tx.generations.set_prompt(run.id, token, release, STALE, {STALE: STALE})

    return {"renewal": renews, "text": saves_text, "prompt": sets_prompt}


async def _told(write: Awaitable[Any]) -> bool:
    """Whether a write was told that it went through."""
    try:
        return await write is not False
    except LeaseLost:
        return False


def _count(report: OverlapReport, name: str, told_done: bool) -> None:
    if told_done:
        report.stale_writes += 1
        report.not_stopped.append(name)


async def _picture(store: Store, generation_id: int, address: ChatAddress) -> Picture:
    async with store.reading() as tx:
        generation = await tx.generations.get(generation_id)
        scores = tuple(hit.score for hit in await tx.passages_used.hits(generation_id))
        citations = await tx.passages_used.citations(generation_id)
        turns = await tx.turns.recent(address.chat_id, address.topic_id)
    return Picture(generation, citations, scores, turns)


def _draft(name: str) -> Draft:
    return Draft(ideas=(Idea(name, name, name, (1,)),))


def _text(name: str) -> str:
    idea = {"title": name, "text": name, "why": name, "sources": [1]}
    return json.dumps({"ideas": [idea], "note": None})
