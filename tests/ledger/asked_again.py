"""Ideas by the whole pipeline, with its cache: some briefs come again, and are answered with the draft of the first."""

import asyncio
import random
from datetime import UTC, timedelta
from pathlib import Path

from bot.clock import SystemClock
from services.assistant.run_generation import RunGeneration, Stages
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
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.member import MemberStatus, Role
from services.domain.project import BrandProfile
from services.llm.service import LLMService
from services.llm.tiktoken_counter import TiktokenCounter
from services.prompts.jinja_library import JinjaPromptLibrary
from services.retrieval.service import RetrievalService
from services.store.ports import Store
from services.store.sql_passage_source import SqlPassageSource
from tests.fakes.presenter import RecordingPresenter
from tests.fakes.retrieval import MemoryKeywordIndex
from tests.store_rows import numbers

PROMPTS = Path(__file__).parents[2] / "prompts"
KEEP = CacheRules(timedelta(hours=1), UTC)
BRIEFS = (
    *("три слогана для мятного чая", "идеи для осеннего письма", "название для пледа"),
    *("a slogan for a quiet morning", "three posts about mint tea", "a name for the evening tea"),
)


class AskedAgain:
    def __init__(self, store: Store, llm: LLMService, counter: TiktokenCounter, model: str) -> None:
        """`llm`: a writer that gives the JSON it is asked for, called `model`."""
        clock, prompts = SystemClock(), JinjaPromptLibrary(PROMPTS)
        settle, lease = Settle(store, clock), Lease(store, clock, "rehearsal")
        retrieval = RetrievalService(SqlPassageSource(store), MemoryKeywordIndex(), None, None)
        stages = Stages(
            lease=lease,
            inherit=Inherit(llm, lease),
            retrieve=Retrieve(retrieval, store),
            compose=Compose(prompts, counter, store, Window(model, 16_000)),
            write=WriteDraft(llm, store, lease),
            validate=Validate(llm, prompts),
            settle=settle,
            deliver=Deliver(store),
            recall=Recall(store, clock, llm, settle, AlikeBriefs(None), KEEP),
        )
        self._store = store
        self._run = RunGeneration(stages, RecordingPresenter())

    async def ask(self, chance: random.Random) -> None:
        """One of a few briefs, by a new person in a new chat: none of their own words keep the drafts apart."""
        text = chance.choice(BRIEFS)
        async with self._store.transaction() as tx:
            project = await tx.projects.ensure("asked-again", "Brand", BrandProfile())
            member = await tx.members.add(next(numbers) * 7, "Вера", None, role=Role.MEMBER, status=MemberStatus.ACTIVE)
            address = ChatAddress(-next(numbers), None, next(numbers))
            language = Language.ENGLISH if text.isascii() else Language.RUSSIAN
            brief, _ = await tx.briefs.add(
                Task.IDEA, address, project_id=project.id, member_id=member.id, text=text, language=language
            )
            attempt = await tx.generations.add(brief.id, member.id)
        await self._run(attempt.id, asyncio.Event())
