"""The prompts of a batch's lines: found and put together as for a live request, a few lines at a time."""

import asyncio
import json
from dataclasses import dataclass

from loguru import logger

from services.assistant.batches.price_line import PriceLine
from services.assistant.stages.compose import IDEAS_AT_ONCE, Compose
from services.assistant.stages.retrieve import Retrieve
from services.assistant.stages.run import Run
from services.domain.batch import Batch, BatchLine, LinePrompt, LineState
from services.domain.brief import Brief, Task
from services.domain.errors import ContextTooLong, KnowledgeUnavailable
from services.domain.generation import Generation, GenerationState
from services.domain.idea_count import ideas_asked
from services.domain.language import detect_language
from services.domain.member import Member
from services.domain.project import Project
from services.domain.usage import CallContext
from services.llm.draft_reader import DraftReader
from services.store.job_fence import check_fence
from services.store.ports import Store

LINES_AT_ONCE = 20
_NOBODY = 0


class LineRun(Run):
    """A line on its way through the stages that a live attempt passes, without an attempt of its own."""

    __slots__ = ()

    @property
    def call_context(self) -> CallContext:
        return CallContext(
            task=self.brief.task.value,
            project_id=self.project.id,
            member_id=self.member.id,
            chat_id=self.brief.address.chat_id,
        )


@dataclass(frozen=True, slots=True)
class Commission:
    """For whom, and of which model."""

    batch: Batch
    member: Member
    project: Project
    provider: str
    model: str


class PrepareLines:
    def __init__(self, store: Store, retrieve: Retrieve, compose: Compose, price: PriceLine) -> None:
        self._store = store
        self._retrieve = retrieve
        self._compose = compose
        self._price = price
        self._reader = DraftReader(Task.IDEA)
        self._schema_text = json.dumps(self._reader.json_schema, ensure_ascii=False)
        self._is_loaded = False

    async def __call__(self, batch: Batch, provider: str, model: str) -> bool:
        """The next few. False: there are none left. Raises CallRefused, KnowledgeUnavailable, StoreUnavailable."""
        async with self._store.reading() as tx:
            lines = await tx.batches.unprepared(batch.id, LINES_AT_ONCE)
            member, project = await tx.members.get(batch.member_id), await tx.projects.get(batch.project_id)
        if not lines:
            return False
        if member is None or project is None:
            raise LookupError(f"batch {batch.id} has lost its person or project")
        if not self._is_loaded:
            await asyncio.to_thread(self._price.load)
            self._is_loaded = True
        commission = Commission(batch, member, project, provider, model)
        for line in lines:
            await self._prepare(commission, line)
        return True

    async def _prepare(self, commission: Commission, line: BatchLine) -> None:
        try:
            prompt = await self._prompt(commission, line)
        except ContextTooLong as error:
            logger.info("batch {}: line {} does not fit the model's window", line.batch_id, line.number)
            async with self._store.transaction() as tx:
                await check_fence(tx)
                await tx.batches.end_line(line.batch_id, line.number, LineState.FAILED, error_code=error.code)
            return
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.batches.prepare(line.batch_id, line.number, prompt)

    async def _prompt(self, commission: Commission, line: BatchLine) -> LinePrompt:
        run = _run(commission, line)
        found = await self._retrieve(run)
        if found.ungrounded:  # nobody waits on the screen: better later than without the knowledge base
            raise KnowledgeUnavailable(f"batch {line.batch_id}")
        composed = await self._compose(run, found)
        return self._price(
            composed.prompt,
            self._reader.json_schema,
            self._schema_text,
            provider=commission.provider,
            model=commission.model,
            passages=len(composed.hits),
            ideas=ideas_asked(line.text) or IDEAS_AT_ONCE,
        )


def _run(commission: Commission, line: BatchLine) -> Run:
    batch, member = commission.batch, commission.member
    language = detect_language(line.text, batch.language)
    when = batch.created_at or member.created_at
    brief = Brief(_NOBODY, Task.IDEA, batch.project_id, member.id, batch.address, line.text, language, when)
    generation = Generation(_NOBODY, _NOBODY, 1, GenerationState.RUNNING, 1, member.id, reply_to=batch.address)
    return LineRun(generation, brief, commission.project, member, batch.language)
