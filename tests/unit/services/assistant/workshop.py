"""A runner over a real database and real prompts, with a scripted model and an in-memory index."""

import asyncio
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cache
from pathlib import Path

from bot.nursery import Nursery
from services.assistant.generation_runner import AttemptRunner
from services.assistant.redeliver import Redeliver
from services.assistant.run_generation import RunGeneration, Stages
from services.assistant.show_queue import ShowQueue
from services.assistant.stages.claim import Lease
from services.assistant.stages.compose import Compose, Window
from services.assistant.stages.deliver import Deliver
from services.assistant.stages.inherit import Inherit
from services.assistant.stages.recall import CacheRules, Recall
from services.assistant.stages.retrieve import Retrieve
from services.assistant.stages.settle import Settle
from services.assistant.stages.validate import Validate
from services.assistant.stages.write import WriteDraft
from services.caching.alike_briefs import AlikeBriefs
from services.calling.halt_watch import HaltWatch
from services.calling.retry import RetryPolicy
from services.domain.fairness import Limits
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.prompts.jinja_library import JinjaPromptLibrary
from services.retrieval.service import RetrievalService
from services.store.sql_ledger import SqlLedger
from services.store.sql_passage_source import SqlPassageSource
from tests.fakes.chat_model import ScriptedChatModel
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.presenter import RecordingPresenter
from tests.fakes.price_list import FlatPriceList
from tests.fakes.retrieval import MemoryKeywordIndex
from tests.fakes.token_counter import WordCounter
from tests.unit.services.assistant.conftest import Team

ROOMY = Limits(a_minute=1000, at_once=1000)
PROMPTS = Path(__file__).parents[4] / "prompts"
IDEA = {"title": "Тихая полка", "text": "С неё ничего не надо брать.", "why": "Пауза.", "sources": []}
IDEAS_JSON = json.dumps({"ideas": [IDEA, {**IDEA, "title": "Ровно в девять"}], "note": None}, ensure_ascii=False)


@dataclass
class Workshop:
    runner: AttemptRunner
    nursery: Nursery
    presenter: RecordingPresenter
    model: ScriptedChatModel

    async def finished(self) -> None:
        """Everything that was woken has come to its end."""
        await self.nursery.drain(20)


def open_workshop(
    team: Team,
    model: ScriptedChatModel,
    *,
    owner: str = "here",
    dead: Collection[str] = (),
    monotonic: Callable[[], float] = time.monotonic,
    halts: HaltWatch | None = None,
    limit: int = 10,
    limits: Limits = ROOMY,
    alike: AlikeBriefs | None = None,
) -> Workshop:
    """`dead`: owners that are known to be dead. `halts`: of this process, `limit` of what it runs at once. `alike`:
    drafts are used again, also for briefs that it finds alike."""
    store, clock = team.store, team.clock
    prompts, counter = _prompts(), WordCounter()
    llm = LLMService(
        plan_routes(model, "smart", "fast"),
        ledger=SqlLedger(store, halts=halts),
        breaker=MemoryBreaker(),
        prices=FlatPriceList(),
        counter=counter,
        policy=RetryPolicy(),
        sleep=_no_sleep,
    )
    source = SqlPassageSource(store)
    settle, lease = Settle(store, clock), Lease(store, clock, owner, monotonic=monotonic)
    deliver = Deliver(store)
    presenter, nursery = RecordingPresenter(), Nursery()
    stages = Stages(
        lease=lease,
        inherit=Inherit(llm, lease),
        retrieve=Retrieve(RetrievalService(source, MemoryKeywordIndex(), None, None), store),
        compose=Compose(prompts, counter, store, Window("smart", 16_000)),
        write=WriteDraft(llm, store, lease),
        validate=Validate(llm, prompts),
        settle=settle,
        deliver=deliver,
        recall=Recall(store, clock, llm, settle, alike, CacheRules(timedelta(hours=24), UTC)) if alike else None,
    )
    redeliver = Redeliver(store, deliver, presenter)
    runner = AttemptRunner(
        nursery,
        RunGeneration(stages, presenter),
        lease,
        redeliver,
        store=store,
        clock=clock,
        lost_calls=llm.lost_calls,
        is_gone=lambda name: name in dead,
        limit=limit,
        limits=limits,
        show_queue=ShowQueue(store, clock, presenter, deliver, limits, owner),
    )
    return Workshop(runner, nursery, presenter, model)


async def until(condition: Callable[[], bool]) -> None:
    """Lets other tasks run until it holds. Raises TimeoutError after 10 s."""
    async with asyncio.timeout(10):
        holds = condition()
        while not holds:
            await asyncio.sleep(0.001)
            holds = condition()


@cache
def _prompts() -> JinjaPromptLibrary:
    """Read once: parsing them takes longer than most tests."""
    return JinjaPromptLibrary(PROMPTS)


async def _no_sleep(seconds: float) -> None:
    """Retries follow at once."""
